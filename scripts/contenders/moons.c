/* Two moons, 2-16-16-1: sigmoids, binary cross-entropy, Adam, batch 32. */

#define REAL double
#include "dense.h"

enum { N = 1000, SIZE = 32, IN = 2, H = 16, OUT = 1, V = VECS(H) };

typedef struct { vec w1[IN * V], b1[V], w2[H * V], b2[V], w3[V]; real b3[LANES] ALIGNED; } Parameters;

enum { COUNT = sizeof(Parameters) / sizeof(real) };

static Parameters p, g, m, v;
static double powers[2];

void begin(const real *w1, const real *b1, const real *w2, const real *b2, const real *w3, const real *b3)
{
    memset(&p, 0, sizeof p), memset(&m, 0, sizeof m), memset(&v, 0, sizeof v);
    padded(IN, H, w1, p.w1), padded(1, H, b1, p.b1), padded(H, H, w2, p.w2), padded(1, H, b2, p.b2);
    memcpy(p.w3, w3, H * sizeof(real)), p.b3[0] = b3[0], powers[0] = powers[1] = 1;
}

/* Forward, backward, update; returns the sum of the losses. */
INLINE double step(int rows, const real *xs, const real *ts, const long *order)
{
    static real x[SIZE * IN] ALIGNED, t[SIZE] ALIGNED, z[SIZE] ALIGNED, dz[SIZE] ALIGNED;
    static vec h1[SIZE * V], h2[SIZE * V], d1[SIZE * V], d2[SIZE * V], turned[H * V];
    gather(IN, rows, xs, order, x), gather(1, rows, ts, order, t);
    forward(4, IN, H, rows, x, IN, p.w1, p.b1, h1), sigmoids(rows * H, (real *)h1);
    forward(4, H, H, rows, (real *)h1, H, p.w2, p.b2, h2), sigmoids(rows * H, (real *)h2);
    const real *h = (real *)h2, *w3 = (real *)p.w3;
    for (int r = 0; r < rows; r++) {
        real sum = p.b3[0];
        for (int i = 0; i < H; i++) sum += h[r * H + i] * w3[i];
        z[r] = sum;
    }
    double loss = 0;
#pragma omp simd reduction(+ : loss)
    for (int r = 0; r < rows; r++) {
        const real e = exp(-fabs(z[r]));
        loss += fmax(z[r], 0) - t[r] * z[r] + log(1 + e);
        dz[r] = ((z[r] > 0 ? 1 : e) / (1 + e) - t[r]) / rows;
    }
    tile(1, V, rows, dz, 0, 1, h2, g.w3, 0, 1, 0);
    g.b3[0] = 0;
    for (int r = 0; r < rows; r++) g.b3[0] += dz[r];
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < V; c++) d2[r * V + c] = dz[r] * p.w3[c] * h2[r * V + c] * (1 - h2[r * V + c]);
    gradients(8, H, H, rows, (real *)h1, H, d2, g.w2, g.b2, 1, 0);
    back(4, H, H, rows, (real *)d2, (real *)p.w2, turned, d1), through_sigmoids(rows * H, (real *)h1, (real *)d1);
    gradients(2, IN, H, rows, x, IN, d1, g.w1, g.b1, 1, 0);
    adam(COUNT, 0.01, (real *)&p, (real *)&g, (real *)&m, (real *)&v, powers);
    return loss;
}

double run(const real *x, const real *t, const long *order, long epochs)
{
    double loss = 0;
    for (long epoch = 0; epoch < epochs; epoch++, order += N) {
        loss = 0;
        int at = 0;
        for (; at + SIZE <= N; at += SIZE) loss += step(SIZE, x, t, order + at);
        loss += step(N % SIZE, x, t, order + at);
    }
    return loss / N;
}
