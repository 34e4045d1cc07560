/* Replaces glibc's allocation functions by counting ones in front of the same allocator. */
#define _GNU_SOURCE
#include "CAllocationCount.h"
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_ulong count;

unsigned long adam_allocation_count(void) {
  return atomic_load_explicit(&count, memory_order_relaxed);
}

#if defined(__linux__)
/* The cores that this process was started on. */
static cpu_set_t first;
static int known;
#endif

void adam_keep_on_core(int core) {
#if defined(__linux__)
  if (core < 0 || core >= CPU_SETSIZE) return;
  if (!known) known = sched_getaffinity(0, sizeof first, &first) == 0;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  sched_setaffinity(0, sizeof set, &set);
#else
  (void)core;
#endif
}

void adam_leave_core(void) {
#if defined(__linux__)
  if (known) sched_setaffinity(0, sizeof first, &first);
#endif
}

#if defined(__GLIBC__)
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static void note(void) { atomic_fetch_add_explicit(&count, 1, memory_order_relaxed); }

void *malloc(size_t size) {
  note();
  return __libc_malloc(size);
}

void *calloc(size_t n, size_t size) {
  note();
  return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size) {
  note();
  return __libc_realloc(p, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  note();
  void *p = __libc_memalign(alignment, size);
  if (!p) return ENOMEM;
  *out = p;
  return 0;
}
#endif
