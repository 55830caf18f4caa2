// Digests of what the kernels of each instruction set make of the same numbers, a line for each: compiled with the sources of the
// kernels for any processor, so that the bits of one can be laid beside those of another.

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recurrent_kernels.h"

static uint64_t state;

static rk_scalar number(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (rk_scalar)((double)(state >> 11) / (double)(1ull << 52) - 1);
}

typedef struct {
  rk_scalar *at;
  int64_t count;
} numbers;

enum { MOST_ARRAYS = 64 };
static rk_scalar *taken[MOST_ARRAYS];
static int takenCount;

// Numbers in [-scale, scale), freed by `start`.
static numbers make(int64_t count, rk_scalar scale) {
  const size_t bytes = (size_t)(count + RK_LANES) * sizeof(rk_scalar);
  numbers n = {aligned_alloc(64, (bytes + 63) / 64 * 64), count};
  if (!n.at || takenCount == MOST_ARRAYS) abort();
  taken[takenCount++] = n.at;
  for (int64_t i = 0; i < count; i++) n.at[i] = scale * number();
  return n;
}

static void start(uint64_t seed) {
  state = seed * 0x9E3779B97F4A7C15u + 1;
  while (takenCount > 0) free(taken[--takenCount]);
}

// FNV-1a over the bits; every NaN counts as one, as processors give them different signs.
static uint64_t digest(uint64_t before, numbers n) {
  uint64_t d = before ? before : 0xcbf29ce484222325u;
  for (int64_t i = 0; i < n.count; i++) {
    const rk_scalar x = n.at[i] != n.at[i] ? (rk_scalar)NAN : n.at[i];
    uint64_t bits = 0;
    memcpy(&bits, &x, sizeof x);
    if (x != x) bits = 1;
    d = (d ^ bits) * 0x100000001b3u;
  }
  return d;
}

static void show(const char *what, uint64_t d) { printf("%-24s %016" PRIx64 "\n", what, d); }

static void functions(const rk_kernels *k) {
  enum { COUNT = 1 << 16 };
  start(1);
  numbers x = make(COUNT + 7, 1), y = make(COUNT + 7, 1);
  void (*const maps[])(const rk_scalar *, rk_scalar *, int64_t) = {k->exp, k->tanh, k->sigmoid};
  static const char *const names[] = {"exp", "tanh", "sigmoid"};
  for (int f = 0; f < 3; f++) {
    uint64_t d = 0;
    // Every 251st pattern of a float: zeros, denormal numbers, infinities and NaN among them.
    for (uint64_t first = 0; first < 1ull << 32; first += 251ull * (uint64_t)x.count) {
      for (int64_t i = 0; i < x.count; i++) {
        const uint32_t bits = (uint32_t)(first + 251 * (uint64_t)i);
        memcpy(x.at + i, &bits, sizeof bits);
      }
      maps[f](x.at, y.at, x.count);
      d = digest(d, y);
    }
    show(names[f], d);
  }
  uint64_t sums = 0, softmax = 0;
  for (int64_t count = 1; count < 9000; count = count * 3 + 1) {
    numbers v = make(count, 3), w = make(count, 1), s = make(4, 0);
    s.at[0] = k->sum(v.at, count);
    s.at[1] = k->sumOfSquares(v.at, count);
    s.at[2] = k->softmax(v.at, w.at, count, s.at + 3);
    sums = digest(sums, s);
    softmax = digest(softmax, w);
  }
  show("sums", sums);
  show("softmax", softmax);
}

static void elementwise(const rk_kernels *k) {
  static const rk_operation operations[] = {
    RK_COPY, RK_ADD, RK_SUBTRACT, RK_MULTIPLY, RK_DIVIDE, RK_NEGATE, RK_MULTIPLY_TANH_SLOPE, RK_MULTIPLY_SIGMOID_SLOPE};
  static const rk_mode modes[] = {RK_FROM_ZERO, RK_ADD_BLOCK, RK_SET_BLOCK};
  uint64_t d = 0;
  for (int count = 1; count < 40; count += 6)
    for (size_t o = 0; o < sizeof operations / sizeof *operations; o++)
      for (int m = 0; m < 3; m++) {
        start((uint64_t)(count * 100 + (int)o * 3 + m));
        numbers y = make(3 * 40, 1);
        const rk_elementwise e = {
          .result = y.at, .a = make(3 * 40, 2).at, .b = make(3 * 40, 2).at, .resultStride = 40, .aStride = 40,
          .bStride = m == 1 ? 0 : 40, .rows = 3, .count = count};
        k->elementwise(operations[o], modes[m], &e);
        d = digest(d, y);
      }
  show("elementwise", d);
}

// All heights of tiles and more, groups with gaps and clipped columns, long chains in parts, rows scattered and from columns.
static void products(const rk_kernels *k) {
  static const rk_mode modes[] = {RK_FROM_ZERO, RK_FROM_START, RK_FROM_RESULT, RK_ADD_BLOCK, RK_SET_BLOCK};
  for (int m = 0; m < 5; m++) {
    uint64_t d = 0;
    for (int rows = 1; rows < 20; rows++)
      for (int columns = 5; columns < 150; columns += 31)
        for (int shape = 0; shape < 4; shape++) {
          const int inner = shape == 2 ? 2600 : 37, panels = (columns + 15) / 16, slots = shape == 1 ? 4 : 1;
          start((uint64_t)(((m * 20 + rows) * 150 + columns) * 4 + shape));
          numbers left = make((int64_t)rows * inner, 1), from = make((int64_t)inner * columns, 1);
          numbers right = make((int64_t)panels * inner * RK_LANES, 0), result = make((int64_t)rows * panels * slots * RK_LANES, 1);
          k->pack(from.at, inner, columns, shape == 3 ? 1 : columns, shape == 3 ? inner : 1, right.at);
          int64_t offsets[20];
          for (int r = 0; r < rows; r++) offsets[r] = (int64_t)(rows - 1 - r) * panels * slots * RK_LANES;
          const rk_product product = {
            .left = {.base = left.at, .stride = shape == 3 ? 1 : inner}, .leftStep = shape == 3 ? rows : 1,
            .inner = {.mainCount = 1, .mainLength = inner}, .right = right.at, .start = make(panels * RK_LANES, 1).at,
            .result = {.base = result.at, .offset = offsets}, .columns = slots > 1 ? INT64_MAX : columns, .groupSlots = slots,
            .groupFirst = slots > 1 ? 2 : 0, .groupCount = 1, .units = slots > 1 ? columns : 0, .mode = modes[m]};
          k->product(&product, 0, rows, 0, panels);
          d = digest(d, result);
        }
    char name[24];
    snprintf(name, sizeof name, "product %d", m);
    show(name, d);
  }
  uint64_t d = 0;
  for (int width = 1; width <= RK_LANES; width++) {
    start((uint64_t)width);
    numbers values = make(40 * 50, 1), packed = make(40 * RK_LANES, 1), sums = make(RK_LANES, 1);
    const rk_scalar *rows[40];
    for (int r = 0; r < 40; r++) rows[r] = values.at + (r * 7 % 40) * 50;
    k->packRows(rows, 40, 3, width, packed.at, sums.at);
    d = digest(digest(d, packed), sums);
  }
  show("rows packed", d);
}

typedef struct {
  rk_cell cell;
  const char *name;
  int slots, inputSlots, phases, first[2], count[2];
} cell;

static const cell cells[] = {
  {RK_ELMAN_TANH, "elman tanh", 1, 1, 1, {0}, {1}},
  {RK_ELMAN_RELU, "elman relu", 1, 1, 1, {0}, {1}},
  {RK_ELMAN_SIGMOID, "elman sigmoid", 1, 1, 1, {0}, {1}},
  {RK_ELMAN_LINEAR, "elman linear", 1, 1, 1, {0}, {1}},
  {RK_LSTM, "lstm", 4, 4, 1, {0}, {4}},
  {RK_GRU_RESET_AFTER, "gru reset after", 4, 3, 1, {1}, {3}},
  {RK_GRU_RESET_BEFORE, "gru reset before", 3, 3, 2, {0, 2}, {2, 1}},
};

// Zeros where blocks of `vectors` vectors have no units.
static numbers padded(numbers n, int64_t hidden, int64_t vectors) {
  const int64_t blocks = (hidden + RK_LANES - 1) / RK_LANES;
  for (int64_t i = 0; i < n.count; i++)
    if (i / (vectors * RK_LANES) % blocks * RK_LANES + i % RK_LANES >= hidden) n.at[i] = 0;
  return n;
}

static rk_rows rowsOf(numbers n, int64_t stride) { return (rk_rows){.base = n.at, .stride = stride}; }

// A step of every cell with few rows and many, there and back.
static void steps(const rk_kernels *k, const cell *c) {
  uint64_t forward = 0, backward = 0;
  for (int hidden = 27; hidden < 80; hidden += 24)
    for (int rows = 1; rows < 20; rows++) {
      const int blocks = (hidden + 15) / 16, wide = blocks * RK_LANES;
      start((uint64_t)(hidden * 100 + rows));
      numbers gates = padded(make((int64_t)rows * wide * c->slots, 1), hidden, c->slots);
      numbers hidden_ = make((int64_t)rows * hidden, 0), memory = make((int64_t)rows * wide, 0);
      numbers operand = make((int64_t)rows * hidden, 0);
      rk_step s = {
        .cell = c->cell, .hidden = hidden, .slots = c->slots, .gates = rowsOf(gates, (int64_t)wide * c->slots),
        .previousHidden = rowsOf(make((int64_t)rows * hidden, 1), hidden), .hidden_ = rowsOf(hidden_, hidden),
        .previousMemory = rowsOf(padded(make((int64_t)rows * wide, 1), hidden, 1), wide), .memory = rowsOf(memory, wide),
        .operand = rowsOf(operand, hidden), .operands = 1};
      for (int phase = 0; phase < c->phases; phase++) {
        numbers right = make((int64_t)blocks * c->count[phase] * hidden * RK_LANES, 0.2f);
        for (int64_t i = 0; i < right.count; i++)
          if (i / ((int64_t)c->count[phase] * hidden * RK_LANES) * RK_LANES + i % RK_LANES >= hidden) right.at[i] = 0;
        s.phaseFirst = c->first[phase];
        s.phaseCount = c->count[phase];
        s.right = right.at;
        k->stepForward(&s, phase, 0, rows, 0, blocks);
      }
      forward = digest(digest(digest(forward, gates), hidden_), memory);
      numbers hiddenGradient = make((int64_t)rows * hidden, 1), operandGradient = make((int64_t)rows * hidden, 1);
      numbers memoryGradient = padded(make((int64_t)rows * wide, 1), hidden, 1);
      s.upstream = rowsOf(make((int64_t)rows * hidden, 1), hidden);
      s.hiddenGradient = rowsOf(hiddenGradient, hidden);
      s.operandGradient = rowsOf(operandGradient, hidden);
      s.memoryGradient = rowsOf(memoryGradient, wide);
      s.isFar = rows % 2;
      for (int phase = c->phases - 1; phase >= 0; phase--) k->stepBackward(&s, phase, 0, rows, 0, blocks);
      backward = digest(digest(digest(backward, gates), hiddenGradient), memoryGradient);
    }
  char name[40];
  snprintf(name, sizeof name, "%s", c->name);
  show(name, forward);
  snprintf(name, sizeof name, "%s back", c->name);
  show(name, backward);
}

// A step of a stream with weights that are near and far, in both directions.
static void streams(const rk_kernels *k, const cell *c) {
  uint64_t d = 0;
  for (int hidden = 19; hidden < 420; hidden = hidden * 2 + 5)
    for (int isTurned = 0; isTurned < 2; isTurned++) {
      const int blocks = (hidden + 15) / 16, wide = blocks * RK_LANES, input = 7;
      start((uint64_t)(hidden * 2 + isTurned));
      numbers before = padded(make(wide, 1), hidden, 1), after = make(wide, 0), memory = padded(make(wide, 1), hidden, 1);
      rk_stream s = {
        .cell = c->cell, .isTurned = isTurned, .input = input, .hidden = hidden,
        .start = make((int64_t)wide * c->inputSlots, 1).at, .recurrentStart = make(wide, 1).at, .inputs = make(input, 1).at,
        .previousHidden = before.at, .nextHidden = after.at, .memory = memory.at, .operand = make(wide, 0).at,
        .updateGate = make(wide, 0).at};
      for (int phase = 0; phase < c->phases; phase++) {
        const int inputs = c->phases == 1 ? c->inputSlots : c->count[phase];
        s.right[phase] = make((int64_t)wide * (input * inputs + hidden * c->count[phase]), 0.1f).at;
      }
      for (int phase = 0; phase < c->phases; phase++) k->streamStep(&s, phase, 0, blocks);
      d = digest(digest(d, after), memory);
    }
  char name[40];
  snprintf(name, sizeof name, "%s stream", c->name);
  show(name, d);
}

// Every operation of a program once, and a walk over several steps of a cell that forgets by a gate.
static void programs(const rk_kernels *k) {
  uint64_t d = 0;
  enum { ROWS = 5, HIDDEN = 43, WIDE = 48, STEPS = 9 };
  for (int operation = RK_COPY; operation <= RK_SOFTPLUS; operation++)
    for (int settles = 0; settles < 2; settles++)
      for (int rows = 1; rows <= ROWS; rows += 2) {
        start((uint64_t)((operation * 2 + settles) * 10 + rows));
        const rk_instruction code[] = {
          {(uint8_t)operation, (uint8_t)settles, {RK_MEMORY, 0}, {RK_SLOT, 0}, {RK_MEMORY_BEFORE, 0}, {RK_CONSTANT, 0}},
          {RK_TANH, 0, {RK_HIDDEN, 0}, {RK_MEMORY, 0}, {RK_SLOT, 0}, {RK_SLOT, 0}}};
        const rk_pointwise_code whole = {
          code, 2, 1u << RK_SLOT | 1u << RK_MEMORY_BEFORE | 1u << RK_CONSTANT | 1u << RK_MEMORY, 1u << RK_MEMORY | 1u << RK_HIDDEN};
        const rk_pointwise program = {
          .memories = 1, .constants = make(RK_LANES, 1).at, .forward = {{.whole = whole, .carried = whole}}};
        numbers gates = make(STEPS * rows * WIDE, 2), memory = make((STEPS + 1) * rows * WIDE, 1);
        numbers hidden = make(STEPS * rows * HIDDEN, 0);
        rk_step s = {
          .cell = RK_POINTWISE, .pointwise = &program, .hidden = HIDDEN, .slots = 1, .gates = rowsOf(gates, WIDE),
          .previousHidden = rowsOf(hidden, HIDDEN), .hidden_ = rowsOf(hidden, HIDDEN), .previousMemory = rowsOf(memory, WIDE),
          .memory = {.base = memory.at, .stride = WIDE, .shift = rows * WIDE}, .operands = 1};
        const rk_walk walk = {.count = STEPS, .gates = rows * WIDE, .hidden = rows * HIDDEN, .memory = rows * WIDE};
        k->walk(&s, &walk, 0, rows, 0, WIDE / RK_LANES);
        d = digest(digest(d, memory), hidden);
      }
  show("programs", d);
}

int main(int count, char **arguments) {
  for (int set = 0; set < RK_SET_COUNT; set++) {
    const rk_kernels *k = rk_kernels_of((rk_set)set);
    if (!k) continue;
    const char *name = rk_set_name((rk_set)set);
    if (count == 1) {
      printf("%s\n", name);
      continue;
    }
    if (strcmp(name, arguments[1]) != 0) continue;
    functions(k);
    elementwise(k);
    products(k);
    programs(k);
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
      steps(k, cells + c);
      streams(k, cells + c);
    }
  }
  start(0);
  return 0;
}
