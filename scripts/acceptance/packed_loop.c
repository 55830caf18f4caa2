// packed_loop OUTxIN...: microseconds of a plain product of a matrix, packed in column blocks of 64, with a vector.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef float lanes __attribute__((vector_size(64)));

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

__attribute__((noinline)) static void product(
    const lanes *restrict weights, const float *restrict x, lanes *restrict y, long blocks, long inner) {
  for (long block = 0; block < blocks; block++) {
    lanes a = {0}, b = {0}, c = {0}, d = {0};
    for (long k = 0; k < inner; k++, weights += 4) {
      a += weights[0] * x[k];
      b += weights[1] * x[k];
      c += weights[2] * x[k];
      d += weights[3] * x[k];
    }
    y[4 * block] = a, y[4 * block + 1] = b, y[4 * block + 2] = c, y[4 * block + 3] = d;
  }
}

int main(int count, char **sizes) {
  for (int index = 1; index < count; index++) {
    long out, inner;
    if (sscanf(sizes[index], "%ldx%ld", &out, &inner) != 2 || out % 64 != 0 || inner < 1) {
      fprintf(stderr, "packed_loop: expected OUTxIN with OUT a multiple of 64; received %s\n", sizes[index]);
      return 64;
    }
    lanes *weights = aligned_alloc(64, out * inner * sizeof(float)), *y = aligned_alloc(64, out * sizeof(float));
    float *x = malloc(inner * sizeof(float));
    for (long k = 0; k < out * inner; k++) ((float *)weights)[k] = (float)(k % 97) / 97 - 0.5f;
    for (long k = 0; k < inner; k++) x[k] = (float)(k % 89) / 89 - 0.5f;
    // The least of 30 means, each over some two milliseconds.
    const long runs = 1 + 40000000 / (out * inner);
    double best = 1e9;
    for (int round = 0; round < 30; round++) {
      const double start = seconds();
      for (long run = 0; run < runs; run++) {
        product(weights, x, y, out / 64, inner);
        __asm__ volatile("" : : "r"(y) : "memory");
      }
      const double time = (seconds() - start) / runs;
      if (time < best) best = time;
    }
    printf("%ldx%ld %.4f\n", out, inner, best * 1e6);
    free(weights), free(x), free(y);
  }
}
