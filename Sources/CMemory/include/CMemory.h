/* What Swift has no word for: that memory is going to be read. Header only. */
#ifndef ADAM_MEMORY_H
#define ADAM_MEMORY_H

/* Into the second cache. Any address may be named. */
static inline void adam_prefetch(const void *place) { __builtin_prefetch(place, 0, 2); }

#endif
