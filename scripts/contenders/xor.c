/* XOR, 2-2-1: the four samples side by side in a vector, all else unrolled. */

#include <math.h>

typedef double four __attribute__((vector_size(32)));

static double w[6], b[3]; /* from x1 to both hidden units, from x2, from the hidden ones; biases */

void begin(const double *w1, const double *b1, const double *w2, const double *b2)
{
    for (int i = 0; i < 4; i++) w[i] = w1[i];
    for (int i = 0; i < 2; i++) w[4 + i] = w2[i], b[i] = b1[i];
    b[2] = b2[0];
}

static inline double sum(four v) { return (v[0] + v[1]) + (v[2] + v[3]); }

double run(const double *x, const double *t, const void *order, long epochs)
{
    const four x1 = {x[0], x[2], x[4], x[6]}, x2 = {x[1], x[3], x[5], x[7]};
    const four target = {t[0], t[1], t[2], t[3]};
    const double rate = 0.5;
    four difference = {0};
    for (long epoch = 0; epoch < epochs; epoch++) {
        const four z1 = x1 * w[0] + x2 * w[2] + b[0], z2 = x1 * w[1] + x2 * w[3] + b[1];
        double z[8], e[8];
        for (int i = 0; i < 4; i++) z[i] = z1[i], z[4 + i] = z2[i];
#pragma omp simd
        for (int i = 0; i < 8; i++) e[i] = 1 / (1 + exp(-z[i]));
        const four h1 = {e[0], e[1], e[2], e[3]}, h2 = {e[4], e[5], e[6], e[7]};
        const four out = h1 * w[4] + h2 * w[5] + b[2];
        double o[4];
#pragma omp simd
        for (int i = 0; i < 4; i++) o[i] = 1 / (1 + exp(-out[i]));
        const four y = {o[0], o[1], o[2], o[3]};
        difference = y - target;
        const four d = rate * 0.5 * difference * y * (1 - y);
        const four d1 = d * w[4] * h1 * (1 - h1), d2 = d * w[5] * h2 * (1 - h2);
        w[4] -= sum(d * h1), w[5] -= sum(d * h2), b[2] -= sum(d);
        w[0] -= sum(d1 * x1), w[1] -= sum(d2 * x1), w[2] -= sum(d1 * x2), w[3] -= sum(d2 * x2);
        b[0] -= sum(d1), b[1] -= sum(d2);
    }
    return sum(difference * difference) / 4;
}
