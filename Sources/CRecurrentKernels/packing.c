#include "recurrent_kernels.h"

#include <string.h>

void rk_pack(const rk_scalar *right, int64_t inner, int64_t columns, int64_t kStride, int64_t nStride, rk_scalar *packed) {
  for (int64_t first = 0; first < columns; first += RK_LANES) {
    int64_t width = columns - first < RK_LANES ? columns - first : RK_LANES;
    const rk_scalar *from = right + first * nStride;
    for (int64_t k = 0; k < inner; k++, packed += RK_LANES) {
      for (int64_t n = 0; n < width; n++) packed[n] = from[k * kStride + n * nStride];
      for (int64_t n = width; n < RK_LANES; n++) packed[n] = 0;
    }
  }
}

void rk_pack_panel(const rk_scalar *const *rows, int64_t inner, int64_t column, int64_t width, rk_scalar *panel) {
  for (int64_t k = 0; k < inner; k++, panel += RK_LANES) {
    if (width == RK_LANES) {
      memcpy(panel, rows[k] + column, RK_LANES * sizeof(rk_scalar));
      continue;
    }
    for (int64_t n = 0; n < width; n++) panel[n] = rows[k][column + n];
    for (int64_t n = width; n < RK_LANES; n++) panel[n] = 0;
  }
}

void rk_pack_left(const rk_scalar *const *rows, int64_t inner, const int64_t *offset, int64_t count, rk_scalar *packed) {
  for (int64_t k = 0; k < inner; k++)
    for (int64_t i = 0; i < count; i++) *packed++ = rows[k][offset[i]];
}

void rk_column_sums(const rk_scalar *const *rows, int64_t inner, int64_t columns, rk_scalar *sums) {
  enum { STRIP = 256 };
  for (int64_t first = 0; first < columns; first += STRIP) {
    int64_t count = columns - first < STRIP ? columns - first : STRIP;
    for (int64_t from = 0; from < inner; from += RK_WEIGHT_BLOCK) {
      int64_t end = from + RK_WEIGHT_BLOCK < inner ? from + RK_WEIGHT_BLOCK : inner;
      rk_scalar block[STRIP] = {0};
      for (int64_t k = from; k < end; k++) {
        const rk_scalar *row = rows[k] + first;
        for (int64_t i = 0; i < count; i++) block[i] += row[i];
      }
      for (int64_t i = 0; i < count; i++) sums[first + i] += block[i];
    }
  }
}
