#ifndef RECURRENT_ALLOCATION_COUNTER_H
#define RECURRENT_ALLOCATION_COUNTER_H

/// Allocations of one thread: those of less than 4096 bytes, and the others.
typedef struct {
  long small;
  long large;
} allocation_counts;

/// Whether allocations can be counted here (glibc only).
int allocation_counter_works(void);

/// Begins to count the allocations of the calling thread.
void allocation_counter_begin(void);

/// Ends counting and gives the counts.
allocation_counts allocation_counter_end(void);

#endif
