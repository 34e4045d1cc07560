/* The floating-point control word, which Swift cannot reach. Header only. */
#ifndef ADAM_FLOAT_STATE_H
#define ADAM_FLOAT_STATE_H

#if defined(__x86_64__)
#include <immintrin.h>
static inline unsigned int adam_float_state_get(void) { return _mm_getcsr(); }
static inline void adam_float_state_set(unsigned int state) { _mm_setcsr(state); }
/* Round to nearest even, all exceptions masked, subnormal operands and results are zero. */
static inline unsigned int adam_float_state_canonical(unsigned int host) {
  return (host & ~0x6000u) | 0x9FC0u;
}
#elif defined(__aarch64__)
static inline unsigned int adam_float_state_get(void) {
  unsigned long long v;
  __asm__ volatile("mrs %0, fpcr" : "=r"(v));
  return (unsigned int)v;
}
static inline void adam_float_state_set(unsigned int state) {
  unsigned long long v = state;
  __asm__ volatile("msr fpcr, %0" : : "r"(v));
}
static inline unsigned int adam_float_state_canonical(unsigned int host) {
  return (host & ~0x00C00000u) | 0x01000000u;
}
#endif
#endif
