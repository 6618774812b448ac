/* Epochs of batches. Returns how many epochs it finished: all of them, or fewer where time or the noise
   was up (*batch then says where the next call goes on), where all networks have ended, or with first_only
   where one more has.
   noise is (noise_rows, STACK, NOISE), a row for each sample that comes.
   goal holds the loss, the accuracy and the largest error.
   sums are (MEASURED, STACK): loss, accuracy, largest error, from the first; losses (epochs, STACK), with
   so many numbers in a row. ended holds the epoch, after those that are done, in which a network met the
   goal or had no finite loss, -1 before; from then on its loss and its last measures stay. */
int64_t run(void *const *p, const int64_t *orders, int64_t epochs, int64_t *batch, double *restrict sums,
            double *restrict losses, int64_t row, double *restrict last, int64_t *restrict ended,
            int64_t done, int first_only, const double *goal, double seconds, const REAL *noise,
            int64_t noise_rows) {
    const double deadline = seconds_now() + seconds;
    int64_t steps = 0;
    for (int64_t epoch = 0; epoch < epochs; epoch++) {
        const int64_t *order = orders + epoch * ORDER;
        for (; *batch < BATCHES; ++*batch) {
            if (++steps % CHECK_EVERY == 0 && seconds_now() > deadline) return epoch;
            const int64_t size = *batch < WHOLE ? SIZE : SAMPLES - WHOLE * SIZE;
            if (NOISE && (noise_rows -= size) < 0) return epoch;
            if (*batch < WHOLE) step_whole(p, order + *batch * SIZE, noise, sums);
            else step_last(p, order + *batch * SIZE, noise, sums);
            if (NOISE) noise += size * STACK * NOISE;
        }
        *batch = 0;
        int64_t going = 0, over = 0;
        for (int64_t s = 0; s < STACK; s++) {
            const int64_t live = ended[s] < 0;
            int64_t met = sums[s] <= goal[0];
            if (MEASURED > 1) met &= sums[STACK + s] >= goal[1];
            if (MEASURED > 2) met &= sums[2 * STACK + s] <= goal[2];
            const int64_t now = live & (met | !isfinite(sums[s]));
            for (int64_t m = 0; m < MEASURED; m++)
                last[m * STACK + s] = live ? sums[m * STACK + s] : last[m * STACK + s];
            ended[s] = now ? done + epoch : ended[s];
            over |= now;
            going |= live & !now;
        }
        memcpy(losses + epoch * row, last, STACK * sizeof *last);
        memset(sums, 0, MEASURED * STACK * sizeof *sums);
        if (!going || (first_only && over)) return epoch + 1;
    }
    return epochs;
}

/* Runs one step, to verify the compiled library. */
void once(int whole, void *const *p, const int64_t *rows, const REAL *noise, double *sums) {
    if (whole) step_whole(p, rows, noise, sums);
    else step_last(p, rows, noise, sums);
}
