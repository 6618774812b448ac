/* What generated programs use: real numbers, and functions that compilers can vectorise. */
#include <stdint.h>
#include <string.h>
#include <tgmath.h>
#include <time.h>

#define MAX(a, b) ((a) >= (b) || (a) != (a) ? (a) : (b)) /* NaN passes through, as in NumPy */
#define MIN(a, b) ((a) <= (b) || (a) != (a) ? (a) : (b))
#define SIGN(a) ((a) > 0 ? 1 : (a) < 0 ? -1 : (a))

/* 2^n for -1022 <= n <= 1023. */
static inline double two_to(int64_t n) {
    uint64_t bits = (uint64_t)(n + 1023) << 52;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln 2 / 2, where the Taylor series to r^13 is exact
   to rounding. ln 2 is split in two parts so that n ln 2 is (Cody and Waite, 1980). Adding 1.5 * 2^52
   rounds to a whole number and leaves it in the low bits. 2^n is two factors, as it may not be a number;
   the first is multiplied in early, and the ends are chosen late: x -> e^x is what steps wait for. */
static inline double exp_(double x) {
    const double shift = 6755399441055744.0;
    double k = x * 1.44269504088896340736 + shift;
    double n = k - shift;
    double r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
    int64_t bits;
    memcpy(&bits, &k, sizeof bits);
    int64_t whole = bits - 0x4338000000000000;
    int64_t half = (int64_t)((uint64_t)(whole + 2048) >> 1) - 1024;
    double s = two_to(half), r2 = r * r, r4 = r2 * r2;
    double low = (1 + r) + r2 * (1. / 2 + r * (1. / 6));
    double middle = (1. / 24 + r * (1. / 120)) + r2 * (1. / 720 + r * (1. / 5040));
    double high = (1. / 40320 + r * (1. / 362880)) + r2 * (1. / 3628800 + r * (1. / 39916800));
    double top = 1. / 479001600 + r * (1. / 6227020800.);
    double p = s * low + s * r4 * (middle + r4 * (high + r4 * top));
    return x > 709.79 ? INFINITY : x < -745.2 ? 0 : p * two_to(whole - half);
}

/* tanh x: a rational function near 0 (Cephes, Moshier 1989), else 1 - 2 / (e^2|x| + 1). */
static inline double tanh_(double x) {
    double a = x < 0 ? -x : x, z = x * x;
    double p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
    double q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
    double near = x + x * z * (p / q);
    double far = 1 - 2 / (exp_(2 * a) + 1);
    return a < 0.625 ? near : x < 0 ? -far : far;
}

static inline double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
