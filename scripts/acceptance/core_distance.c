// How long a cache line takes from one processor to another and back, in nanoseconds: some 100 where both share a cache,
// several times that where a virtual machine has put them apart. The least of a few turns.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TRIPS = 100000, TURNS = 3 };
static _Alignas(128) atomic_int line;

static void stay(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) exit(71);
}

static void *answer(void *cpu) {
  stay(*(int *)cpu);
  for (int trip = 0; trip < TRIPS; trip++) {
    while (atomic_load(&line) != 2 * trip + 1) {}
    atomic_store(&line, 2 * trip + 2);
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 3) return 64;
  int other = atoi(arguments[2]);
  double least = 1e9;
  stay(atoi(arguments[1]));
  for (int turn = 0; turn < TURNS; turn++) {
    pthread_t thread;
    struct timespec begin, end;
    atomic_store(&line, 0);
    if (pthread_create(&thread, NULL, answer, &other) != 0) return 71;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int trip = 0; trip < TRIPS; trip++) {
      atomic_store(&line, 2 * trip + 1);
      while (atomic_load(&line) != 2 * trip + 2) {}
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    pthread_join(thread, NULL);
    double ns = ((end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec)) / TRIPS;
    if (ns < least) least = ns;
  }
  printf("%.0f\n", least);
  return 0;
}
