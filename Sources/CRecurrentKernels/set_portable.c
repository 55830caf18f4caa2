// The kernels for any machine, and the only ones of the Double build.
#include <math.h>

#include "vectors.h"

#define NAME(x) x##_portable
#define RK_HAS_FMA 0
#define RK_ROW_TILE 3
#define RK_PANEL_TILE 2
#define RK_WIDEST {0, 2, 1, 1}
#define RK_PREFETCH 16
#define RK_STREAM_PANELS 4
#define RK_TILES(X) X(1, 1) X(1, 2) X(2, 1) X(3, 1)
#include "kernels.inc"
