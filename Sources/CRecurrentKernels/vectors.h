/// Vectors of 16 lanes, and half of them, in the compiler's generic form: 16 are one register on AVX-512, two on AVX2, four on NEON
/// and SSE.
#ifndef RECURRENT_VECTORS_H
#define RECURRENT_VECTORS_H

#include "recurrent_kernels.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"

#define RK_INLINE static inline __attribute__((always_inline))

enum { RK_HALF = RK_LANES / 2 };

typedef rk_scalar rk_vector __attribute__((vector_size(RK_LANES * sizeof(rk_scalar))));
typedef rk_scalar rk_half __attribute__((vector_size(RK_HALF * sizeof(rk_scalar))));
#ifdef RECURRENT_DOUBLE
typedef int64_t rk_integer;
#define RK_TINY 0x1p-900
#else
typedef int32_t rk_integer;
#define RK_TINY 0x1p-100f
#endif
typedef rk_integer rk_mask __attribute__((vector_size(RK_LANES * sizeof(rk_scalar))));

/// A register tile of a product at a row and a panel; panels lie `panelStride` apart, what is fetched `ahead`.
typedef void (*rk_tile)(const rk_product *, int64_t row, int64_t panel, int64_t panelStride, int64_t ahead);

#endif
