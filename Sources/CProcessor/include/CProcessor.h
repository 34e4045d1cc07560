/* What the processor can do and how many of its cores are ours, which Swift cannot ask. Header only. */
#ifndef ADAM_PROCESSOR_H
#define ADAM_PROCESSOR_H

#if defined(__x86_64__)

/* adam_processor_level: 1: x86-64, 3: + AVX2, FMA, BMI, … (x86-64-v3), 4: + AVX-512 F BW CD DQ VL (x86-64-v4).
   Both the processor and the operating system must agree. */
#if defined(__linux__) && __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>

/* glibc has asked already: a virtual machine takes microseconds for each cpuid. */
static inline int adam_processor_level(void) {
  if (!(CPU_FEATURE_ACTIVE(AVX) && CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(FMA) && CPU_FEATURE_ACTIVE(F16C) &&
        CPU_FEATURE_ACTIVE(MOVBE) && CPU_FEATURE_ACTIVE(BMI1) && CPU_FEATURE_ACTIVE(BMI2) && CPU_FEATURE_ACTIVE(LZCNT)))
    return 1;
  return CPU_FEATURE_ACTIVE(AVX512F) && CPU_FEATURE_ACTIVE(AVX512BW) && CPU_FEATURE_ACTIVE(AVX512CD) &&
                 CPU_FEATURE_ACTIVE(AVX512DQ) && CPU_FEATURE_ACTIVE(AVX512VL)
             ? 4
             : 3;
}
#else
#include <cpuid.h>

/* Which register files the operating system saves (XCR0). */
static inline unsigned int adam_saved_registers(void) {
  unsigned int low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static inline int adam_processor_level(void) {
  /* A virtual machine takes microseconds for each cpuid, so the highest leaf is asked for once. */
  unsigned int a, b, c, d, highest;
  __cpuid(0, highest, b, c, d);
  if (highest < 7) return 1;
  __cpuid(1, a, b, c, d);
  /* FMA 12, MOVBE 22, OSXSAVE 27, AVX 28, F16C 29 */
  const unsigned int v3c = 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29;
  if ((c & v3c) != v3c) return 1;
  const unsigned int saved = adam_saved_registers();
  if ((saved & 0x06u) != 0x06u) return 1;
  __cpuid_count(7, 0, a, b, c, d);
  const unsigned int features = b;
  /* BMI1 3, AVX2 5, BMI2 8 */
  const unsigned int v3b = 1u << 3 | 1u << 5 | 1u << 8;
  if ((features & v3b) != v3b) return 1;
  /* A processor with AVX2 has this leaf. LZCNT 5 */
  __cpuid(0x80000001u, a, b, c, d);
  if (!(c & 1u << 5)) return 1;
  /* AVX512 F 16, DQ 17, CD 28, BW 30, VL 31 */
  const unsigned int v4b = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
  if ((features & v4b) != v4b || (saved & 0xE0u) != 0xE0u) return 3;
  return 4;
}
#endif
static inline void adam_processor_pause(void) { __builtin_ia32_pause(); }
#else
static inline int adam_processor_level(void) { return 1; }
#if defined(__aarch64__)
static inline void adam_processor_pause(void) { __asm__ volatile("yield"); }
#else
static inline void adam_processor_pause(void) {}
#endif
#endif

#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

/* Cores this process may run on (its affinity mask), at least 1. */
static inline int adam_usable_cores(void) {
#if defined(__linux__)
  unsigned long mask[128];
  const long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  if (bytes > 0) {
    int count = 0;
    for (unsigned long i = 0; i < (unsigned long)bytes / sizeof mask[0]; i++)
      count += __builtin_popcountl(mask[i]);
    if (count > 0) return count;
  }
#endif
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}
#endif
