/* Epochs of batches. Returns how many epochs it finished: all of them, or fewer where time or the noise
   was up (*batch then says where the next call goes on), a network that is watched reached the goal, or
   no loss is finite.
   noise is (noise_rows, STACK, NOISE), a row for each sample that comes.
   goal holds the loss for each network, -INFINITY where it is not watched; the accuracy; the largest error.
   sums and each epoch's measures are (MEASURED, STACK): loss, accuracy, largest error, from the first. */
int64_t run(void *const *p, const int64_t *orders, int64_t epochs, int64_t *batch, double *sums,
            double *measures, const double *goal, double seconds, const REAL *noise, int64_t noise_rows) {
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
        int finite = 0, reached = 0;
        for (int64_t s = 0; s < STACK; s++) {
            finite |= isfinite(sums[s]) != 0;
            int met = sums[s] <= goal[s];
            if (MEASURED > 1) met &= sums[STACK + s] >= goal[STACK];
            if (MEASURED > 2) met &= sums[2 * STACK + s] <= goal[STACK + 1];
            reached |= met;
        }
        memcpy(measures + epoch * MEASURED * STACK, sums, MEASURED * STACK * sizeof *sums);
        memset(sums, 0, MEASURED * STACK * sizeof *sums);
        if (!finite || reached) return epoch + 1;
    }
    return epochs;
}

/* Runs one step, to verify the compiled library. */
void once(int whole, void *const *p, const int64_t *rows, const REAL *noise, double *sums) {
    if (whole) step_whole(p, rows, noise, sums);
    else step_last(p, rows, noise, sums);
}
