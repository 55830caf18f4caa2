#include "recurrent_kernels.h"
int rk_version(void) { return 1; }
