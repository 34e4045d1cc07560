// The little language of the elementwise kernel: micro-operations over registers of lanes.

/// What one micro-operation computes. `a`, `b`, `c` are its source registers, `i` its immediate.
/// Float results are rounded as written, one operation at a time. Booleans are the integers 0, 1.
public enum ElementwiseCode: UInt8, Sendable, CaseIterable {
  // Moves. `constant`: every lane is the bit pattern of i (an i32 constant: Float(bitPattern:)).
  case copy, constant
  // One operand.
  case neg, abs, sign, exp, log, sqrt, sin, cos, floor, round, tanh, sigmoid, relu
  case geluErf, geluTanh
  /// x·x, (x·x)·x, 1/x: what pow means for the exponents 2, 3 and −1.
  case square, cube, reciprocal
  /// x·1: turns subnormals into zero, for data that comes from outside.
  case flush
  case erf, expm1, log1p, ceil, trunc
  // Two operands a, b. `remainder` has the sign of b (floored), as torch.remainder.
  case add, sub, mul, div, remainder, pow, maximum, minimum
  // Operand a and the immediate: a+i, a−i, i−a, a·i, a/i, i/a, pow(a, i), max(a, i), min(a, i).
  case addScalar, subScalar, scalarSub, mulScalar, divScalar, scalarDiv, powScalar
  case maxScalar, minScalar
  // Comparisons of f32: 0 or 1. NaN compares unequal to everything.
  case eq, ne, lt, le, gt, ge
  // Comparisons of i32 and bool.
  case eqInt, neInt, ltInt, leInt, gtInt, geInt
  // Logic on bool.
  case logicalAnd, logicalOr, logicalNot
  /// a ≠ 0 ? b : c, a being bool. Any element type.
  case select
  // i32 arithmetic, wrapping. Floor division and floored remainder; by zero: 0.
  case addInt, subInt, mulInt, divInt, remainderInt, maxInt, minInt, negInt, absInt, signInt
  // Casts. f32 → i32 truncates and saturates, NaN → 0. To bool: ≠ 0 (NaN is true).
  case floatToInt, intToFloat, floatToBool, intToBool
  // Gradient helpers. a = g; b = y (result of the op) or x (its operand) as named in the IR.
  /// y ≤ 0 ? 0 : g (so a NaN y passes g on).
  case reluGrad
  /// g·fma(−y, y, 1)
  case tanhGrad
  /// (g·(1−y))·y
  case sigmoidGrad
  /// a = g, b = x
  case geluErfGrad, geluTanhGrad
  /// fma(a, b, c): one rounding.
  case fma
  // Losses and their gradients.
  /// (a−b)²
  case squaredDifference
  /// (1−b)·a − log_sigmoid(a): a = logits, b = targets.
  case bceWithLogits
  /// ((sigmoid(a) − b)·c)/i: a = logits, b = targets, c = upstream scalar, i = f32(n).
  case bceWithLogitsGrad
}

/// One step of an elementwise program: `registers[dst] = code(registers[a], registers[b], …)`.
/// Registers 0 ..< inputs are the input streams, the next ones the output streams, the rest (up to
/// `registerLimit` in all) temporaries. An output register may be read again after it was written;
/// an input register must not be written.
public struct MicroOp: Sendable {
  public static let registerLimit = 32

  public var code: ElementwiseCode
  public var dst: UInt8
  public var a: UInt8
  public var b: UInt8
  public var c: UInt8
  public var immediate: Float

  public init(
    _ code: ElementwiseCode, dst: Int, a: Int = 0, b: Int = 0, c: Int = 0, immediate: Float = 0
  ) {
    self.code = code
    self.dst = UInt8(clamping: dst)
    self.a = UInt8(clamping: a)
    self.b = UInt8(clamping: b)
    self.c = UInt8(clamping: c)
    self.immediate = immediate
  }
}

/// Where an elementwise kernel finds element (row, column) of an operand:
/// `pointer + row·rowStride + column·columnStride`, in elements of four bytes.
/// Inputs: any row stride (0 repeats one row), column stride 0 or 1. Outputs are contiguous: row
/// stride = columns, column stride 1. An output may be the very memory of an input with the same
/// strides (in place); any other overlap is not allowed.
public struct ElementwiseStream {
  public var pointer: UnsafeMutableRawPointer
  public var rowStride: Int
  public var columnStride: Int
  public init(_ pointer: UnsafeMutableRawPointer, rowStride: Int, columnStride: Int) {
    self.pointer = pointer
    self.rowStride = rowStride
    self.columnStride = columnStride
  }
}
