/* Random rows, 784-100-10: softmax cross-entropy, Adam, batch 128, single precision. */

#define REAL float
enum { N = 50000, SIZE = 128, IN = 784, H = 100, OUT = 10, SQUARED = 0, ADAM = 1, AT_ONCE = 4, ACROSS = 4 };
#define RATE 0.001
#include "two_layers.h"
