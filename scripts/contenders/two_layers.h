/* One hidden layer of sigmoids. Define REAL, N, SIZE, IN, H, OUT, RATE, SQUARED (else softmax and its
 * cross-entropy), ADAM (else gradient descent), and the rows and columns in registers: AT_ONCE, ACROSS. */

#include "dense.h"

enum { V = VECS(H), U = VECS(OUT) };

typedef struct { vec w1[IN * V], b1[V], w2[H * U], b2[U]; } Parameters;

enum { COUNT = sizeof(Parameters) / sizeof(real) };

static Parameters p, g, m, v;
static double powers[2];

void begin(const real *w1, const real *b1, const real *w2, const real *b2)
{
    memset(&p, 0, sizeof p), memset(&m, 0, sizeof m), memset(&v, 0, sizeof v);
    padded(IN, H, w1, p.w1), padded(1, H, b1, p.b1), padded(H, OUT, w2, p.w2), padded(1, OUT, b2, p.b2);
    powers[0] = powers[1] = 1;
}

/* Logits to the derivative of the mean loss; returns the sum of the losses. */
INLINE double loss_of(int rows, real *z, const real *t)
{
    if (!SQUARED) return softmax(OUT, rows, z, t);
    double squares = 0;
    sigmoids(rows * PAD(OUT), z);
    for (int r = 0; r < rows; r++)
        for (int u = 0; u < PAD(OUT); u++) {
            real *y = z + r * PAD(OUT) + u, difference = u < OUT ? *y - t[r * OUT + u] : 0;
            squares += difference * difference;
            *y = 2 * difference * *y * (1 - *y) / (rows * OUT);
        }
    return squares / OUT;
}

/* Forward, backward, update; returns the sum of the losses. */
INLINE double step(int rows, const real *xs, const real *ts, const long *order)
{
    static real x[SIZE * IN] ALIGNED, t[SIZE * OUT] ALIGNED;
    static vec h[SIZE * V], z[SIZE * U], dh[SIZE * V], turned[OUT * V];
    gather(IN, rows, xs, order, x), gather(OUT, rows, ts, order, t);
    forward(AT_ONCE, IN, H, rows, x, IN, p.w1, p.b1, h), sigmoids(rows * PAD(H), (real *)h);
    forward(AT_ONCE, H, OUT, rows, (real *)h, PAD(H), p.w2, p.b2, z);
    const double loss = loss_of(rows, (real *)z, t);
    back(AT_ONCE, H, OUT, rows, (real *)z, (real *)p.w2, turned, dh);
    through_sigmoids(rows * PAD(H), (real *)h, (real *)dh);
    Parameters *to = ADAM ? &g : &p;
    const real scale = ADAM ? 1 : -RATE;
    gradients(ACROSS, H, OUT, rows, (real *)h, PAD(H), z, to->w2, to->b2, scale, !ADAM);
    gradients(ACROSS, IN, H, rows, x, IN, dh, to->w1, to->b1, scale, !ADAM);
    if (ADAM) adam(COUNT, RATE, (real *)&p, (real *)&g, (real *)&m, (real *)&v, powers);
    return loss;
}

double run(const real *x, const real *t, const long *order, long epochs)
{
    double loss = 0;
    for (long epoch = 0; epoch < epochs; epoch++, order += N) {
        loss = 0;
        int at = 0;
        for (; at + SIZE <= N; at += SIZE) loss += step(SIZE, x, t, order + at);
        if (N % SIZE) loss += step(N % SIZE, x, t, order + at);
    }
    return loss / N;
}
