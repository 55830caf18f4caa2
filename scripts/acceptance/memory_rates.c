// Prints the gigabytes a second that so many threads as the first argument says read, and that they copy (read and written
// bytes together), for each working set of a thread in KiB that is named.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef float vector __attribute__((vector_size(64)));
typedef struct {
  size_t vectors, turns;
  int reads;
  vector *from, sum;
} work;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void *run(void *argument) {
  work *w = argument;
  size_t half = w->vectors / 2;
  vector *to = w->from + half, sums[8] = {0};
  for (size_t turn = 0; turn < w->turns; turn++) {
    if (w->reads)
      for (size_t i = 0; i < w->vectors; i += 8)
        for (int k = 0; k < 8; k++) sums[k] += w->from[i + k];
    else
      for (size_t i = 0; i < half; i++) to[i] = w->from[i] + 1;
    __asm__ volatile("" ::: "memory");
  }
  for (int k = 0; k < 8; k++) w->sum += sums[k];
  return 0;
}

static double rate(size_t bytes, int threads, int reads) {
  work works[64];
  pthread_t handles[64];
  double best = 0;
  for (int t = 0; t < threads; t++) {
    works[t] = (work){bytes / sizeof(vector), ((size_t)1 << 28) / bytes + 1, reads, aligned_alloc(64, bytes), {0}};
    memset(works[t].from, 0, bytes);
  }
  for (int round = 0; round < 4; round++) {
    double start = now();
    for (int t = 1; t < threads; t++) pthread_create(&handles[t], 0, run, &works[t]);
    run(&works[0]);
    for (int t = 1; t < threads; t++) pthread_join(handles[t], 0);
    double seen = (double)works[0].turns * bytes * threads / (now() - start) / 1e9;
    if (seen > best) best = seen;
  }
  for (int t = 0; t < threads; t++) free(works[t].from);
  return best;
}

int main(int count, char **arguments) {
  int threads = count > 1 ? atoi(arguments[1]) : 1;
  if (threads < 1 || threads > 64) return 1;
  for (int i = 2; i < count; i++) {
    size_t bytes = (size_t)atol(arguments[i]) * 1024;
    printf("%s %.1f %.1f\n", arguments[i], rate(bytes, threads, 1), rate(bytes, threads, 0));
  }
  return 0;
}
