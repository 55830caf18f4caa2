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

enum { RK_MOST_PANELS = 8 };

/// Neighbouring panels of a product, as its tiles take them.
typedef struct {
  const rk_scalar *right, *start;   // weights and, if they start somewhere, sums of the first one
  int64_t stride;                   // distance of their weights
  int64_t column[RK_MOST_PANELS];   // where they are written in a row of the result; only the first one if all lie side by side
  int64_t lastWidth;                // how many columns the last one has
} rk_panels;

/// Plain tiles go over dense left rows in one piece, and begin chains or go on with them: no blocks of sums. They have the fewest
/// instructions beside those of the product. Without gaps their panels lie side by side.
typedef enum { RK_ANY_TILE, RK_PLAIN_TILE, RK_PLAIN_TILE_WITH_GAPS } rk_tile_kind;

/// Register tiles of a product, of the same panels and one below the other; `ahead` of its weights lies what the first one
/// fetches, and a panel further what the next one does.
typedef void (*rk_tiles)(const rk_product *, const rk_panels *, int64_t row, int64_t rowEnd, int64_t ahead);

#endif
