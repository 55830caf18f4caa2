#include "recurrent_kernels.h"

#include <stddef.h>

extern const rk_kernels kernels_portable;
#if !defined(RECURRENT_DOUBLE) && defined(__x86_64__)
extern const rk_kernels kernels_portable_fma, kernels_avx2, kernels_avx512;
#elif !defined(RECURRENT_DOUBLE) && defined(__aarch64__)
extern const rk_kernels kernels_neon;
#endif

const rk_kernels *rk_kernels_of(rk_set set) {
  switch (set) {
    case RK_PORTABLE: return &kernels_portable;
#if !defined(RECURRENT_DOUBLE) && defined(__x86_64__)
    case RK_PORTABLE_FMA: return __builtin_cpu_supports("fma") ? &kernels_portable_fma : NULL;
    case RK_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &kernels_avx2 : NULL;
    case RK_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
          && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        ? &kernels_avx512 : NULL;
#elif !defined(RECURRENT_DOUBLE) && defined(__aarch64__)
    case RK_NEON: return &kernels_neon;
#endif
    default: return NULL;
  }
}

rk_set rk_best_set(void) {
  static const rk_set order[] = {RK_AVX512, RK_AVX2, RK_NEON, RK_PORTABLE_FMA};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++)
    if (rk_kernels_of(order[i])) return order[i];
  return RK_PORTABLE;
}

const char *rk_set_name(rk_set set) {
  static const char *const names[] = {"portable", "portable-fma", "avx2", "avx512", "neon"};
  return set < RK_SET_COUNT ? names[set] : "unknown";
}

void rk_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
