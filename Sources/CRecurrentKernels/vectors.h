/// Vectors of 16 lanes in the compiler's generic form: one register on AVX-512, two on AVX2, four on NEON and SSE.
#ifndef RECURRENT_VECTORS_H
#define RECURRENT_VECTORS_H

#include "recurrent_kernels.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"

#define RK_INLINE static inline __attribute__((always_inline))

typedef rk_scalar rk_vector __attribute__((vector_size(RK_LANES * sizeof(rk_scalar))));
#ifdef RECURRENT_DOUBLE
typedef int64_t rk_integer;
#define RK_TINY 0x1p-900
#else
typedef int32_t rk_integer;
#define RK_TINY 0x1p-100f
#endif
typedef rk_integer rk_mask __attribute__((vector_size(RK_LANES * sizeof(rk_scalar))));
typedef rk_vector rk_loose __attribute__((aligned(sizeof(rk_scalar))));

#endif
