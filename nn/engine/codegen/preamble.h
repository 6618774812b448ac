/* What generated programs use: real numbers, and functions that compilers can vectorise. */
#include <stdint.h>
#include <string.h>
#include <tgmath.h>
#include <time.h>

#define MAX(a, b) ((a) >= (b) || (a) != (a) ? (a) : (b)) /* NaN passes through, as in NumPy */
#define MIN(a, b) ((a) <= (b) || (a) != (a) ? (a) : (b))
#define SIGN(a) ((a) != (a) ? (a) : ((a) > 0) - ((a) < 0))

/* x / d for many x and the same d, by its reciprocal, which compilers compute once. At the ends of the range,
   where that would be subnormal or infinite, d is scaled. */
#define OVER(x, d) ((x) * (1 / ((d) * SCALE(d))) * SCALE(d))
#define SCALE(d) _Generic((d), float: scale_of_float(d), default: scale_of_double(d))
static inline double scale_of_double(double d) {
    return fabs(d) < 0x1p-1000 ? 0x1p200 : fabs(d) > 0x1p1000 ? 0x1p-200 : 1;
}
static inline float scale_of_float(float d) {
    return fabsf(d) < 0x1p-100f ? 0x1p60f : fabsf(d) > 0x1p100f ? 0x1p-60f : 1;
}

static inline uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double number(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* 2^n for -1022 <= n <= 1023. */
static inline double two_to(int64_t n) { return number((uint64_t)(n + 1023) << 52); }

/* ln 2 in two parts, so that n times the first is exact (Cody and Waite, 1980). */
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10

/* x = n ln 2 + r with |r| <= ln 2 / 2. Adding 1.5 * 2^52 rounds to a whole number and leaves it in the
   low bits, of which these are all. */
static inline double reduced(double x, uint64_t *bits) {
    const double shift = 6755399441055744.0;
    double k = x * 1.44269504088896340736 + shift;
    *bits = bits_of(k);
    return (x - (k - shift) * LN2_HIGH) - (k - shift) * LN2_LOW;
}

static inline int64_t whole(uint64_t bits) { return (int64_t)(bits - 0x4338000000000000); }

/* s (first + r^2/2! + r^3/3! + ...) for |r| <= ln 2 / 2: the polynomial of degree 11 that is never off by more
   than 2e-17 of e^r (Remez, 1934). */
static inline double series(double s, double first, double r) {
    double r2 = r * r, r4 = r2 * r2;
    double low = first + r2 * (0.5 + r * 0.16666666666666674);
    double middle = (0.04166666666662412 + r * 0.008333333333322207)
                    + r2 * (0.0013888888917215464 + r * 0.00019841269886593243);
    double high = (2.4801521293631158e-05 + r * 2.7557242334461313e-06)
                  + r2 * (2.762008941042287e-07 + r * 2.511005064331126e-08);
    return s * low + s * r4 * (middle + r4 * high);
}

/* e^x, and where x is known never to be above 0, exp_(x, 0). */
#define exp_(...) EXP(__VA_ARGS__, 710)
#define EXP(x, most, ...) ((most) > 0 ? exp_of_any(x) : exp_to_1(x))

/* e^x = 2^n e^r. 2^n is two factors, as it may not be a number; the first is multiplied in early, and the
   ends are chosen late: this is what steps wait for. */
static inline double exp_of_any(double x) {
    uint64_t bits;
    double r = reduced(x, &bits);
    int64_t n = whole(bits), half = (int64_t)((uint64_t)(n + 2048) >> 1) - 1024;
    double p = series(two_to(half), 1 + r, r) * two_to(n - half);
    return x > 709.79 ? INFINITY : x < -745.2 ? 0 : p;
}

/* e^x with 2^n as a number of which only the exponent bits are set, times a power of two: 2^n itself may be
   subnormal. Both are multiplied before any step waits for them. */
static inline double exp_by(double unit, double x) {
    uint64_t bits;
    double r = reduced(x, &bits), s = number((bits << 52) + (((uint64_t)2046 << 52) - bits_of(unit))) * unit;
    return series(s, 1 + r, r);
}

/* e^x for x <= 0. */
static inline double exp_to_1(double x) {
    double p = exp_by(x < -708 ? 0x1p-128 : 1, x);
    return x < -745.2 ? 0 : p;
}

/* e^x - 1 = 2 (2^(n-1) (e^r - 1) + 2^(n-1) - 1/2). */
static inline double expm1_(double x) {
    uint64_t bits;
    double r = reduced(x, &bits), s = two_to(whole(bits) - 1);
    double p = 2 * (s * series(1, r, r) + (s - 0.5));
    return x > 709.79 ? INFINITY : x < -38 ? -1 : p;
}

/* log(1 + x) with 1 + x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2), and s = f / (2 + f):
   log(1 + f) = 2 atanh s = f - s (f - R), R = 2 (s^2/3 + s^4/5 + ... + s^20/21). What rounding took from
   1 + x is made good by c (Kahan); where k = 0, f is x itself. */
static inline double log1p_(double x) {
    const uint64_t root = 0x3FE6A09E667F3BCD; /* sqrt(1/2) */
    double u = 1 + x;
    uint64_t bits = bits_of(u) + (0x3FF0000000000000 - root), e = bits >> 52;
    double f = e == 1023 ? x : number((bits & 0x000FFFFFFFFFFFFF) + root) - 1;
    double c = e == 1023 ? 0 : (x - (u - 1)) / u;
    double k = number(e | 0x4330000000000000) - (4503599627370496.0 + 1023);
    double s = f / (2 + f), z = s * s, z2 = z * z, z4 = z2 * z2;
    double low = (1. / 3 + z * (1. / 5)) + z2 * (1. / 7 + z * (1. / 9));
    double high = (1. / 11 + z * (1. / 13)) + z2 * (1. / 15 + z * (1. / 17));
    double top = 1. / 19 + z * (1. / 21);
    double y = k * LN2_HIGH + (f - s * (f - 2 * z * (low + z4 * (high + z4 * top))) + (k * LN2_LOW + c));
    return x > -1 ? (u < INFINITY ? y : x) : x == -1 ? -INFINITY : NAN;
}

/* tanh x: a rational function near 0 (Cephes, Moshier 1989), else 1 - 2 e / (1 + e) with e = e^-2|x|. */
static inline double tanh_(double x) {
    double a = x < 0 ? -x : x, z = x * x;
    double p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
    double q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
    double near = x + x * z * (p / q);
    double e = a > 300 ? 0 : exp_by(1, -2 * a), far = 1 - 2 * e / (1 + e);
    return a < 0.625 ? near : x < 0 ? -far : far;
}

/* What a product of packed matrices sums up: terms of as many rows as registers hold sums of, by 64 bytes of
   columns. A function of its own: amid a program, compilers would keep other numbers in the registers. */
#ifdef __AVX512F__
#define TILE_ROWS 8
#else
#define TILE_ROWS 4
#endif
#define TILE_SUMS(name, real) \
    static __attribute__((noinline)) void name(const real *left, const real *right, int64_t terms, real *sums) { \
        typedef real vector __attribute__((vector_size(64), may_alias)); \
        vector s[TILE_ROWS] = {{0}}; \
        for (int64_t k = 0; k < terms; k++) \
            for (int n = 0; n < TILE_ROWS; n++) s[n] += left[TILE_ROWS * k + n] * ((const vector *)right)[k]; \
        memcpy(sums, s, sizeof s); \
    }
TILE_SUMS(sums_of_double, double)
TILE_SUMS(sums_of_float, float)

static inline double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
