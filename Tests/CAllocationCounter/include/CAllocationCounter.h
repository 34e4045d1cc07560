/* Counts what the calling thread allocates, by standing in front of the C library's allocator. */
#ifndef ADAM_ALLOCATION_COUNTER_H
#define ADAM_ALLOCATION_COUNTER_H
unsigned long adam_allocation_count(void);
#endif
