#include "allocation_counter.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#ifdef __GLIBC__

// The tests' program defines the allocation functions itself and hands on to the C library's, so that all memory is
// still of one heap.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local int counting;
static _Thread_local allocation_counts counts;

static void note(size_t size) {
  if (!counting) return;
  if (size < 4096) {
    counts.small++;
  } else {
    counts.large++;
  }
}

void *malloc(size_t size) {
  note(size);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note(count * size);
  return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  note(size);
  return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note(size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  note(size);
  *block = __libc_memalign(alignment, size);
  return *block ? 0 : ENOMEM;
}

int allocation_counter_works(void) { return 1; }

void allocation_counter_begin(void) {
  counts = (allocation_counts){0, 0};
  counting = 1;
}

allocation_counts allocation_counter_end(void) {
  counting = 0;
  return counts;
}

#else

int allocation_counter_works(void) { return 0; }
void allocation_counter_begin(void) {}
allocation_counts allocation_counter_end(void) { return (allocation_counts){0, 0}; }

#endif
