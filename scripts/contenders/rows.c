/* Random rows, 784-30-10: mean squared error, gradient descent, batch 10. */

#define REAL double
enum { N = 50000, SIZE = 10, IN = 784, H = 30, OUT = 10, SQUARED = 1, ADAM = 0, AT_ONCE = 5, ACROSS = 4 };
#define RATE 0.5
#include "two_layers.h"
