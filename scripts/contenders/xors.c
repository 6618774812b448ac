/* A thousand XOR networks, 2-2-1: LANES of them side by side, for all epochs, then the next. */

#include <math.h>

enum { NETWORKS = 1000, LANES = 32, P = 9 };

static double parameters[P][NETWORKS + LANES];

void begin(const double *w1, const double *b1, const double *w2, const double *b2)
{
    for (int n = 0; n < NETWORKS; n++) {
        for (int i = 0; i < 4; i++) parameters[i][n] = w1[4 * n + i];
        for (int i = 0; i < 2; i++) parameters[4 + i][n] = b1[2 * n + i], parameters[6 + i][n] = w2[2 * n + i];
        parameters[8][n] = b2[n];
    }
}

static inline double sigmoid(double z) { return 1 / (1 + exp(-z)); }

double run(const double *x, const double *t, const void *order, long epochs)
{
    double total = 0;
    for (int first = 0; first < NETWORKS; first += LANES) {
        double p[P][LANES] __attribute__((aligned(64))), loss[LANES];
        for (int i = 0; i < P; i++)
            for (int s = 0; s < LANES; s++) p[i][s] = parameters[i][first + s];
        for (long epoch = 0; epoch < epochs; epoch++) {
#pragma omp simd
            for (int s = 0; s < LANES; s++) {
                const double a11 = p[0][s], a12 = p[1][s], a21 = p[2][s], a22 = p[3][s];
                const double b1 = p[4][s], b2 = p[5][s], c1 = p[6][s], c2 = p[7][s], c = p[8][s];
                double g11 = 0, g12 = 0, g21 = 0, g22 = 0, g1 = 0, g2 = 0, k1 = 0, k2 = 0, k = 0, squares = 0;
#pragma GCC unroll 4
                for (int i = 0; i < 4; i++) {
                    const double x1 = i >> 1, x2 = i & 1, target = (i >> 1) ^ (i & 1);
                    const double h1 = sigmoid(x1 * a11 + x2 * a21 + b1), h2 = sigmoid(x1 * a12 + x2 * a22 + b2);
                    const double y = sigmoid(h1 * c1 + h2 * c2 + c);
                    const double d = 0.25 * (y - target) * y * (1 - y);
                    const double d1 = d * c1 * h1 * (1 - h1), d2 = d * c2 * h2 * (1 - h2);
                    squares += (y - target) * (y - target);
                    k1 += d * h1, k2 += d * h2, k += d;
                    g11 += x1 * d1, g12 += x1 * d2, g21 += x2 * d1, g22 += x2 * d2, g1 += d1, g2 += d2;
                }
                p[0][s] = a11 - g11, p[1][s] = a12 - g12, p[2][s] = a21 - g21, p[3][s] = a22 - g22;
                p[4][s] = b1 - g1, p[5][s] = b2 - g2, p[6][s] = c1 - k1, p[7][s] = c2 - k2, p[8][s] = c - k;
                loss[s] = squares / 4;
            }
        }
        for (int s = 0; s < LANES && first + s < NETWORKS; s++) {
            for (int i = 0; i < P; i++) parameters[i][first + s] = p[i][s];
            total += loss[s];
        }
    }
    return total / NETWORKS;
}
