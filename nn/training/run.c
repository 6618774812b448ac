/* Whether a network ends with these measures: it has met the goal, or its loss is not finite. */
static inline int64_t ends(const double *measures, const double *goal) {
    int64_t met = measures[0] <= goal[0];
    if (MEASURED > 1) met &= measures[STACK] >= goal[1];
    if (MEASURED > 2) met &= measures[2 * STACK] <= goal[2];
    return met | !isfinite(measures[0]);
}

/* Keep the measures of networks that have not ended before this epoch, and note which end in it. */
static void keep(const double *sums, double *last, int64_t *ended, int64_t epoch, const double *goal) {
    for (int64_t s = 0; s < STACK; s++) {
        if (ended[s] >= 0) continue;
        for (int64_t m = 0; m < MEASURED; m++) last[m * STACK + s] = sums[m * STACK + s];
        if (ends(sums + s, goal)) ended[s] = epoch;
    }
}

static int64_t all_ended(const int64_t *ended) {
    for (int64_t s = 0; s < STACK; s++)
        if (ended[s] < 0) return 0;
    return 1;
}

/* Epochs of batches. Returns how many epochs it finished: all of them, or fewer where time or the noise
   was up (*batch then says where the next call goes on), where all networks have ended, or with first_only
   where one more has.
   noise is (noise_rows, STACK, NOISE), a row for each sample that comes.
   goal holds the loss, the accuracy and the largest error.
   sums are (MEASURED, STACK): loss, accuracy, largest error, from the first; measures has such a row for each
   epoch, and where RATE, the place of the learning rate in p, is not 0, the rate of its last step behind it.
   ended holds the epoch, after those that are done, in which a network met the goal or had no finite loss, -1
   before; from then on its last measures stay.
   HOLD, HELD and RELEASED are of nn.training.registers: where the state of a network is small, steps work on
   copies of it. */
__attribute__((noinline))
int64_t run(void *const *p, const int64_t *orders, int64_t epochs, int64_t *batch, double *restrict sums,
            double *restrict measures, double *restrict last, int64_t *restrict ended, int64_t done,
            int first_only, const double *goal, double seconds, const REAL *noise, int64_t noise_rows) {
    HOLD
    const double deadline = seconds_now() + seconds;
    int64_t steps = 0, some_ended = 0;
    for (int64_t s = 0; s < STACK; s++) some_ended |= ended[s] >= 0;
    for (int64_t epoch = 0; epoch < epochs; epoch++) {
        const int64_t *order = orders + epoch * ORDER;
        for (; *batch < BATCHES; ++*batch) {
            if (++steps % CHECK_EVERY == 0 && seconds_now() > deadline) return RELEASED(epoch);
            if (NOISE && (noise_rows -= ROWS(*batch)) < 0) return RELEASED(epoch);
            step(HELD, *batch, order, noise, sums);
            if (NOISE) noise += ROWS(*batch) * STACK * NOISE;
        }
        *batch = 0;
        int64_t over = 0;
        for (int64_t s = 0; s < STACK; s++) over |= (ended[s] < 0) & ends(sums + s, goal);
        some_ended |= over;
        if (some_ended || epoch == epochs - 1) keep(sums, last, ended, done + epoch, goal);
        memcpy(measures, some_ended ? last : sums, MEASURED * STACK * sizeof *sums);
        measures += MEASURED * STACK;
        if (RATE) *measures++ = *(const REAL *)HELD[RATE];
        memset(sums, 0, MEASURED * STACK * sizeof *sums);
        if (over && (first_only || all_ended(ended))) return RELEASED(epoch + 1);
    }
    return RELEASED(epochs);
}

#if ONE_BY_ONE
/* Trains networks of a stack one after the other, each for all epochs, in its place of the arrays of the
   stack: from own[k] on, each has bytes[k] of the array k of the state, of which there are so many among the
   pointers. orders are (networks, epochs, SAMPLES), measures (networks, epochs, MEASURED): those of a network
   that ends stay. last and ended are as of run, a row for each network. */
void run_each(void *const *p, int64_t pointers, char *const *own, const int64_t *bytes, int64_t arrays,
              const int64_t *places, int64_t networks, const int64_t *orders, int64_t epochs,
              double *measures, double *last, int64_t *ended, const double *goal) {
    void *mine[pointers];
    memcpy(mine, p, sizeof mine);
    double sums[MEASURED] = {0};
    int64_t batch = 0;
    for (int64_t n = 0; n < networks; n++, orders += epochs * ORDER, last += MEASURED, ended++) {
        for (int64_t k = 0; k < arrays; k++) mine[1 + k] = own[k] + places[n] * bytes[k];
        int64_t done = run(mine, orders, epochs, &batch, sums, measures, last, ended, 0, 0, goal, INFINITY, 0, 0);
        for (measures += done * MEASURED; done < epochs; done++, measures += MEASURED)
            memcpy(measures, last, MEASURED * sizeof *measures);
    }
}
#endif

/* Runs one step on a batch of so many rows: an evaluation, or to verify the compiled library, so on the same
   copies as run. */
void once(int64_t size, void *const *p, const int64_t *rows, const REAL *noise, double *sums) {
    HOLD
    step_on(HELD, size, rows, noise, sums);
    (void)RELEASED(0);
}
