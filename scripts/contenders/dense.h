/* Dense layers of sizes known to the compiler. Define REAL before.
 *
 * Rows are padded with zeros to whole vectors, PAD(units). Products keep a tile of ROWS rows and all
 * columns in registers. */

#include <math.h>
#include <string.h>

typedef REAL real;
typedef real vec __attribute__((vector_size(64), aligned(64)));

#define LANES ((int)(64 / sizeof(real)))
#define VECS(units) (((units) + LANES - 1) / LANES)
#define PAD(units) (VECS(units) * LANES)
#define ALIGNED __attribute__((aligned(64)))
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

/* out[i] = keep out[i] + scale sum_k a(i, k) b[k], for `rows` rows i from the first. a(i, k) is
 * a[i * by_row + k * by_k]; rows of b and out are `vecs` vectors long. */
INLINE void tile(int rows, int vecs, int length, const real *a, long by_row, long by_k, const vec *b, vec *out,
                 const vec *start, real scale, int keep)
{
    vec sums[8][8]; /* fixed, so that they can live in registers */
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int c = 0; c < vecs; c++) sums[r][c] = start ? start[c] : (vec){0};
    for (long k = 0; k < length; k++)
        UNROLL for (int r = 0; r < rows; r++)
            UNROLL for (int c = 0; c < vecs; c++) sums[r][c] += a[r * by_row + k * by_k] * b[k * vecs + c];
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int c = 0; c < vecs; c++)
            out[r * vecs + c] = keep ? out[r * vecs + c] + scale * sums[r][c] : scale * sums[r][c];
}

INLINE void product(int at_once, int vecs, int rows, int length, const real *a, long by_row, long by_k, const vec *b,
                    vec *out, const vec *start, real scale, int keep)
{
    int i = 0;
    for (; i + at_once <= rows; i += at_once)
        tile(at_once, vecs, length, a + i * by_row, by_row, by_k, b, out + i * vecs, start, scale, keep);
    for (; i < rows; i++) tile(1, vecs, length, a + i * by_row, by_row, by_k, b, out + i * vecs, start, scale, keep);
}

/* z = x W + b */
INLINE void forward(int at_once, int inputs, int units, int rows, const real *x, int stride, const vec *weight,
                    const vec *bias, vec *z)
{
    product(at_once, VECS(units), rows, inputs, x, stride, 1, weight, z, bias, 1, 0);
}

/* W_grad = x^T dz, or W += scale x^T dz; and the same for the bias. */
INLINE void gradients(int at_once, int inputs, int units, int rows, const real *x, int stride, const vec *dz,
                      vec *weight, vec *bias, real scale, int keep)
{
    static const real one = 1;
    product(at_once, VECS(units), inputs, rows, x, 1, stride, dz, weight, 0, scale, keep);
    tile(1, VECS(units), rows, &one, 0, 0, dz, bias, 0, scale, keep);
}

/* dx = dz W^T; the transposed weights are `turned`. */
INLINE void back(int at_once, int inputs, int units, int rows, const real *dz, const real *weight, vec *turned,
                 vec *dx)
{
    real *to = (real *)turned;
    for (int i = 0; i < inputs; i++)
        for (int u = 0; u < units; u++) to[u * PAD(inputs) + i] = weight[i * PAD(units) + u];
    product(at_once, VECS(inputs), rows, units, dz, PAD(units), 1, turned, dx, 0, 1, 0);
}

INLINE void sigmoids(int count, real *z)
{
#pragma omp simd
    for (int i = 0; i < count; i++) z[i] = 1 / (1 + (sizeof(real) == 4 ? expf(-z[i]) : exp(-z[i])));
}

/* dz = dy y (1 - y), in place of dy. */
INLINE void through_sigmoids(int count, const real *y, real *dy)
{
#pragma omp simd
    for (int i = 0; i < count; i++) dy[i] *= y[i] * (1 - y[i]);
}

/* logits to (softmax(z) - t) / rows; returns the sum of -log softmax at the targets. */
INLINE double softmax(int units, int rows, real *z, const real *t)
{
    double loss = 0;
    for (int r = 0; r < rows; r++) {
        real *row = z + r * PAD(units), top = row[0], total = 0, dot = 0;
        for (int u = 1; u < units; u++) top = row[u] > top ? row[u] : top;
        for (int u = 0; u < units; u++) dot += t[r * units + u] * (row[u] - top);
#pragma omp simd
        for (int u = 0; u < PAD(units); u++) row[u] = sizeof(real) == 4 ? expf(row[u] - top) : exp(row[u] - top);
        for (int u = 0; u < units; u++) total += row[u];
        for (int u = 0; u < units; u++) row[u] = (row[u] / total - t[r * units + u]) / rows;
        for (int u = units; u < PAD(units); u++) row[u] = 0;
        loss += log(total) - dot;
    }
    return loss;
}

/* Adam with the constants of its paper; `powers` are b1^t and b2^t before this step. */
INLINE void adam(int count, real rate, real *p, const real *g, real *m, real *v, double *powers)
{
    powers[0] *= 0.9, powers[1] *= 0.999;
    const real step = rate / (1 - powers[0]), second = 1 / (1 - powers[1]);
#pragma omp simd
    for (int i = 0; i < count; i++) {
        m[i] = (real)0.9 * m[i] + (real)(1 - 0.9) * g[i];
        v[i] = (real)0.999 * v[i] + (real)(1 - 0.999) * g[i] * g[i];
        const real root = sizeof(real) == 4 ? sqrtf(v[i] * second) : sqrt(v[i] * second);
        p[i] -= step * m[i] / (root + (real)1e-8);
    }
}

/* The rows of a batch, one after the other. */
INLINE void gather(int width, int rows, const real *from, const long *order, real *to)
{
    for (int r = 0; r < rows; r++) memcpy(to + r * width, from + order[r] * width, width * sizeof(real));
}

/* A matrix of plain rows into padded ones. */
INLINE void padded(int rows, int units, const real *from, vec *to)
{
    for (int i = 0; i < rows; i++) memcpy((real *)to + i * PAD(units), from + i * units, units * sizeof(real));
}
