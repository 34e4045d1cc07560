/* Counts the heap allocations of the process that links it, and holds it on a core. For benchmarks
   and tests only. */
#ifndef ADAM_ALLOCATION_COUNT_H
#define ADAM_ALLOCATION_COUNT_H
/* Calls of malloc, calloc, realloc, posix_memalign, aligned_alloc since the start, over all threads. */
unsigned long adam_allocation_count(void);
/* Keeps this process and those it starts on one core; nothing where that cannot be had. */
void adam_keep_on_core(int core);
/* Back to the cores of the start. */
void adam_leave_core(void);
#endif
