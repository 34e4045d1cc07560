/* Loops of nothing but multiply-adds or copies: the denominators of "share of the limit". */
#include "CMachineLimits.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static volatile float sink;

/* Twelve independent chains hide the latency of one. `V` are vectors of `lanes` floats. */
#define FMA_LOOP(name, attributes, lanes)                                                                 \
  typedef float name##_v __attribute__((vector_size((lanes) * 4)));                                      \
  attributes static void name(long turns) {                                                               \
    name##_v a[12], x, y;                                                                                 \
    for (int i = 0; i < (lanes); i++) { x[i] = 0.999f; y[i] = 1e-4f; }                                    \
    for (int j = 0; j < 12; j++) a[j] = y * (float)(j + 1);                                               \
    for (long t = 0; t < turns; t++) {                                                                    \
      _Pragma("clang loop unroll(full)") for (int j = 0; j < 12; j++) a[j] = FMA(a[j], x, y);             \
    }                                                                                                     \
    float sum = 0;                                                                                        \
    for (int j = 0; j < 12; j++) sum += a[j][0];                                                          \
    sink = sum;                                                                                           \
  }

#if __has_builtin(__builtin_elementwise_fma)
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define FMA(a, b, c) ((a) * (b) + (c))
#endif

#if defined(__x86_64__)
FMA_LOOP(loop512, __attribute__((target("avx512f"), noinline)), 16)
FMA_LOOP(loop256, __attribute__((target("avx2,fma"), noinline)), 8)
#endif
#undef FMA
#define FMA(a, b, c) ((a) * (b) + (c))
FMA_LOOP(loop128, __attribute__((noinline)), 4)

typedef struct {
  double seconds;
  double count;
} Work;

static void *multiply(void *raw) {
  Work *work = raw;
  void (*loop)(long) = loop128;
  int lanes = 4;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) {
    loop = loop512;
    lanes = 16;
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    loop = loop256;
    lanes = 8;
  }
#endif
  const long turns = 1000000;
  double best = 0;
  for (double end = now() + work->seconds; now() < end;) {
    double start = now();
    loop(turns);
    double rate = (double)turns * 12 * 2 * lanes / (now() - start);
    if (rate > best) best = rate;
  }
  work->count = best;
  return NULL;
}

static void *copy(void *raw) {
  Work *work = raw;
  const size_t size = (size_t)128 << 20;
  char *from = malloc(size), *to = malloc(size);
  double best = 0;
  if (from && to) {
    memset(from, 1, size);
    memset(to, 2, size);
    for (double end = now() + work->seconds; now() < end;) {
      double start = now();
      memcpy(to, from, size);
      double rate = 2 * (double)size / (now() - start);
      if (rate > best) best = rate;
      sink = to[size / 2];
    }
  }
  free(from);
  free(to);
  work->count = best;
  return NULL;
}

/* The sum over the threads of each one's fastest turn, while all of them are at it. */
static double together(int threads, double seconds, void *(*body)(void *)) {
  enum { most = 64 };
  pthread_t ids[most];
  Work works[most];
  if (threads > most) threads = most;
  int started = 0;
  for (int i = 0; i < threads; i++) {
    works[i] = (Work){seconds, 0};
    if (i > 0 && pthread_create(&ids[i], NULL, body, &works[i]) != 0) break;
    started = i + 1;
  }
  body(&works[0]);
  double sum = works[0].count;
  for (int i = 1; i < started; i++) {
    pthread_join(ids[i], NULL);
    sum += works[i].count;
  }
  return sum * 1e-9;
}

double adam_limit_flops(int threads, double seconds) { return together(threads, seconds, multiply); }

double adam_limit_copy(int threads, double seconds) { return together(threads, seconds, copy); }
