/* Digits, 64-32-10: softmax cross-entropy, Adam, batch 32. */

#define REAL double
enum { N = 1797, SIZE = 32, IN = 64, H = 32, OUT = 10, SQUARED = 0, ADAM = 1, AT_ONCE = 4, ACROSS = 4 };
#define RATE 0.001
#include "two_layers.h"
