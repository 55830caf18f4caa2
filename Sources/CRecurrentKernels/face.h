/// The whole C face of the kernels. Stateless: no allocation, no globals that change a result.
///
/// Letters: R rows, N columns, K inner index, H hidden units, S slots (gate values a unit keeps).
/// Columns lie in panels of 16 on every instruction set, every output element is one chain of fused multiply-adds
/// over k in rising order, and so every set with fma gives the same bits.
/// Included by the recurrent_kernels.h of the build's scalar, which defines rk_scalar.
#ifndef RECURRENT_KERNELS_FACE_H
#define RECURRENT_KERNELS_FACE_H

#include <stdint.h>

enum { RK_LANES = 16, RK_WEIGHT_BLOCK = 512 };

typedef enum { RK_PORTABLE, RK_PORTABLE_FMA, RK_AVX2, RK_AVX512, RK_NEON, RK_SET_COUNT } rk_set;

/// Rows of a matrix in memory: row r starts at base + (offset ? offset[r] : r * stride) + shift.
typedef struct {
  rk_scalar *base;
  const int64_t *offset;
  int64_t stride, shift;
} rk_rows;

/// How the inner index walks a left row: `mainCount` segments of `mainLength` elements, `mainStride` apart, then
/// `tailCount` segments of `tailLength`, RK_LANES apart, from `tailStart`. A dense row is one segment.
typedef struct {
  int64_t mainCount, mainLength, mainStride;
  int64_t tailCount, tailLength, tailStart;
} rk_inner;

typedef enum {
  RK_FROM_ZERO,    // result = product
  RK_FROM_START,   // result = start[column] + product
  RK_FROM_RESULT,  // result = result + product, one chain
  RK_ADD_BLOCK,    // result += (product summed from zero)
  RK_SET_BLOCK     // result = 0 + (product summed from zero): the first block of a sum
} rk_mode;

/// result[rows, panels] (+)= left[rows, K] · right, right packed as [panel][K][16].
/// Panel p is written at column ((p / groupCount) * groupSlots + groupFirst + p % groupCount) * 16 of a result row and
/// clipped at `columns`. Gate values are not clipped: products leave zeros in lanes without a unit.
typedef struct {
  rk_rows left;
  int64_t leftStep;  // distance of consecutive k in a left row
  rk_inner inner;
  const rk_scalar *right;
  const rk_scalar *start;  // by panel, 16 each
  rk_rows result;
  int64_t columns, groupSlots, groupFirst, groupCount;
  int64_t units;  // of gate values: how many units the groups have; else 0
  rk_mode mode;
} rk_product;

typedef enum {
  RK_ELMAN_TANH,
  RK_ELMAN_RELU,
  RK_ELMAN_SIGMOID,
  RK_ELMAN_LINEAR,
  RK_LSTM,
  RK_GRU_RESET_AFTER,
  RK_GRU_RESET_BEFORE,
  RK_POINTWISE,  // a program
  RK_CELL_COUNT
} rk_cell;

/// What an instruction of a pointwise program does with vectors a, b, c of 16 units.
typedef enum {
  RK_COPY,
  RK_ADD,
  RK_SUBTRACT,
  RK_MULTIPLY,
  RK_DIVIDE,
  RK_MULTIPLY_ADD,            // a b + c
  RK_NEGATED_MULTIPLY_ADD,    // c - a b
  RK_NEGATE,
  RK_MAXIMUM,                 // a >= b ? a : b; NaN if one is
  RK_MINIMUM,                 // a < b ? a : b; NaN if one is
  RK_WHERE_AT_LEAST,          // b >= c ? a : 0
  RK_WHERE_BELOW,             // b < c ? a : 0
  RK_EXP,
  RK_TANH,
  RK_SIGMOID,
  RK_RELU,
  RK_MULTIPLY_TANH_SLOPE,     // a (1 - b b), b = tanh x
  RK_MULTIPLY_SIGMOID_SLOPE,  // a b (1 - b), b = sigmoid x
  RK_MULTIPLY_RELU_SLOPE,     // b <= 0 ? 0 : a
  RK_SETTLED_SUM,             // a + b, zero where that has vanished
  RK_SOFTPLUS,                // log(1 + exp a)
} rk_operation;

typedef enum {
  RK_REGISTER,
  RK_SLOT,
  RK_CONSTANT,
  RK_UNIT_WEIGHT,
  // In rows: of the step before and of this one, and gradients.
  RK_HIDDEN_BEFORE,
  RK_HIDDEN,
  RK_OPERAND,
  RK_MEMORY_BEFORE,
  RK_MEMORY,
  RK_UPSTREAM,
  RK_HIDDEN_GRADIENT,
  RK_OPERAND_GRADIENT,
  RK_MEMORY_GRADIENT,
  RK_WAITING,  // what one part of a phase makes for another
  RK_PLACE_KINDS
} rk_place_kind;

typedef struct {
  uint8_t kind, index;
} rk_place;

typedef struct {
  uint8_t operation;
  uint8_t settles;  // gradients: zero in place of what has vanished
  rk_place result, a, b, c;
} rk_instruction;

typedef struct {
  const rk_instruction *instructions;
  int64_t count;
  uint32_t reads, writes;  // a bit for each kind of place
} rk_pointwise_code;

/// The code of a phase and its parts in their order: what a step can do before the one that it follows, what it takes over from
/// that one and hands on, and what it makes of it. Code of steps that meet in products is all in the second part.
typedef struct {
  rk_pointwise_code whole, before, carried, after;
} rk_pointwise_phase;

/// The pointwise pair of a cell as straight code, by phase.
typedef struct {
  int64_t memories;            // vectors that a unit carries beside h
  const rk_scalar *constants;  // [index][16]
  rk_pointwise_phase forward[2], backward[2];
} rk_pointwise;

/// Registers of a program, the most operands that a second phase may have, and the most values that wait for another part.
enum { RK_REGISTERS = 32, RK_MOST_OPERANDS = 4, RK_MOST_WAITING = 8 };

/// One time step of one cell for a range of rows. `gates` rows hold [block][slot][16]; on entry to the forward phase
/// they hold start + input terms, afterwards what the backward phase reads (nothing where h says it all), after that their
/// gradients.
typedef struct {
  rk_cell cell;
  const rk_pointwise *pointwise;          // RK_POINTWISE only
  int64_t hidden;
  int64_t slots, phaseFirst, phaseCount;  // slots of this phase's recurrent product
  rk_rows gates;
  rk_rows previousHidden, hidden_;        // h of the step before and of this step, H wide
  rk_rows previousMemory, memory;         // LSTM c, H rounded up to 16 wide; of a program [block][memory][16]
  const rk_scalar *unitWeights;           // numbers that belong to a unit, [block][index][16]
  int64_t unitWeightCount;
  rk_rows operand;                        // left side of the second phase's product (reset-before GRU: r * h)
  int64_t operands;                       // vectors of H side by side that an operand is made of
  const rk_scalar *right;                 // forward: this phase's recurrent weights, [block][slot][H][16]
  // Backward only, where h of the step is known as well.
  rk_rows upstream;                       // dL/d output of this step, H wide; base NULL if there is none
  rk_rows hiddenGradient;                 // dL/dh, in place: of this step on entry, of the step before on exit
  rk_rows memoryGradient;                 // dL/dc, in place, laid out as memory
  rk_rows operandGradient;                // dL/d operand, laid out as it
  int isFar;                              // whether gate values, outputs and their gradients have left the second cache
} rk_step;

/// Steps one after another, of cells with one recurrent product or of programs without any. To the next step rows move by so many
/// scalars: those of the gates, of the hidden states and their gradients from outside, of the memories, of the operands and theirs.
/// Gradients that steps hand on stay where they are.
typedef struct {
  int64_t count;
  int64_t gates, hidden, memory, operand;
  int isBackward;  // of programs without products
  int isInPlace;   // of programs without products: whether a step's memories overwrite those of the one before
} rk_walk;

/// One time step of one row, as a stream takes it. States are H rounded up to 16 wide.
typedef struct {
  rk_cell cell;
  int isTurned;                      // blocks from the last to the first
  int64_t input, hidden;
  const rk_scalar *start;            // of the input slots, as the packed cell holds them
  const rk_scalar *recurrentStart;   // of the slots that no input reaches
  const rk_scalar *right[2];         // weights by phase, [block][k][slot][16], k over the input, then over the state
  const rk_scalar *inputs;           // I wide
  const rk_scalar *previousHidden;
  rk_scalar *nextHidden;
  rk_scalar *memory;                 // LSTM c, in place
  rk_scalar *operand, *updateGate;   // reset-before GRU, from phase to phase
} rk_stream;

/// Rows of `count` scalars: result[r][i] is made of a[r][i] and b[r][i], of which operations of one operand leave b alone.
typedef struct {
  rk_scalar *result;
  const rk_scalar *a, *b;
  int64_t resultStride, aStride, bStride;  // distances of rows
  int64_t rows, count;
} rk_elementwise;

typedef struct {
  /// Rows [row, rowEnd) x panels [panel, panelEnd) of a product.
  void (*product)(const rk_product *, int64_t row, int64_t rowEnd, int64_t panel, int64_t panelEnd);
  /// Recurrent product and pointwise function of a phase, for rows and 16-unit blocks.
  void (*stepForward)(const rk_step *, int phase, int64_t row, int64_t rowEnd, int64_t block, int64_t blockEnd);
  /// Pointwise gradient of a phase.
  void (*stepBackward)(const rk_step *, int phase, int64_t row, int64_t rowEnd, int64_t block, int64_t blockEnd);
  /// Several steps whose one phase has a recurrent product.
  void (*stepsForward)(const rk_step *first, const rk_walk *, int64_t row, int64_t rowEnd, int64_t block, int64_t blockEnd);
  /// The way back of such steps: after its pointwise gradient each hands on a product of its gate gradients, of the same blocks.
  void (*stepsBackward)(
    const rk_step *first, const rk_walk *, const rk_product *, int64_t row, int64_t rowEnd, int64_t block, int64_t blockEnd);
  /// The first phase of several steps of a program without recurrent products, for rows and 16-unit blocks.
  void (*walk)(const rk_step *first, const rk_walk *, int64_t row, int64_t rowEnd, int64_t block, int64_t blockEnd);
  /// A phase of one step of one row, for 16-unit blocks.
  void (*streamStep)(const rk_stream *, int phase, int64_t block, int64_t blockEnd);
  /// Packs right[K, N] as [panel][K][16], zero-padded in N: element (k, n) is read at right[k * kStride + n * nStride].
  void (*pack)(
    const rk_scalar *right, int64_t inner, int64_t columns, int64_t kStride, int64_t nStride, rk_scalar *packed);
  /// Packs 16 columns whose k-th row starts at rows[k] + column, `width` of them valid, as [k][16]. If `sums` is given, the
  /// sum of each column, from zero, is added to it.
  void (*packRows)(
    const rk_scalar *const *rows, int64_t inner, int64_t column, int64_t width, rk_scalar *packed, rk_scalar *sums);
  void (*exp)(const rk_scalar *, rk_scalar *, int64_t);
  void (*tanh)(const rk_scalar *, rk_scalar *, int64_t);
  void (*sigmoid)(const rk_scalar *, rk_scalar *, int64_t);
  rk_scalar (*sum)(const rk_scalar *, int64_t);
  rk_scalar (*sumOfSquares)(const rk_scalar *, int64_t);
  /// y = exp(x - largest x) / sum over at least one scalar; gives the sum.
  rk_scalar (*softmax)(const rk_scalar *x, rk_scalar *y, int64_t count, rk_scalar *largest);
  /// An operation of one or two operands, row after row; the result is replaced, or as the mode has it.
  void (*elementwise)(rk_operation operation, rk_mode mode, const rk_elementwise *);
  int rowTile;  // rows of the largest register tile
} rk_kernels;

/// The kernels of a set, or NULL if this machine or build lacks it.
const rk_kernels *rk_kernels_of(rk_set set);
/// The fastest set of this machine.
rk_set rk_best_set(void);
const char *rk_set_name(rk_set set);

/// A short wait inside a spinning loop.
void rk_pause(void);

#endif
