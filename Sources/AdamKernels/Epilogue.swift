// Elementwise steps on elements that a kernel has just finished, while they are in the first-level cache:
// the commonest as loops, all others by the interpreter.
import AdamFormulas
import AdamKernelABI

struct Epilogue {
  /// Programs of one step that have a loop here.
  private enum Activation { case none, relu, reluGrad, tanhGrad, sigmoidGrad }

  private let call: UnsafePointer<KernelArguments>?
  private let scratch: UnsafeMutableRawPointer?
  /// What the whole program is, when it is one of these.
  private let activation: Activation
  /// Second operand of the activation, element for element as the result; nil when it has none.
  private let other: Floats?
  /// The result, when there is an activation.
  private let result: Floats?

  @inline(__always)
  var isEmpty: Bool { call == nil }

  /// A kernel may do this one by itself, before it stores.
  @inline(__always)
  var isRelu: Bool { activation == .relu }

  /// A kernel may do this one by itself too: the gradient of a relu whose result is `y`.
  @inline(__always)
  func isReluGrad(of y: Floats) -> Bool { activation == .reluGrad && other == y }

  /// Nothing.
  init() { (call, scratch, activation, other, result) = (nil, nil, .none, nil, nil) }

  @inline(__always)
  init(_ x: UnsafePointer<KernelArguments>) {
    scratch = x.pointee.scratch
    guard let raw = x.pointee.p5 else {
      (call, activation, other, result) = (nil, .none, nil, nil)
      return
    }
    let call = arguments(raw)
    self.call = call
    result = call.pointee.p1.unsafelyUnwrapped.assumingMemoryBound(to: ElementwiseStream.self)[0].floats
    (activation, other) = Self.recognized(call)
  }

  private static func recognized(_ call: UnsafePointer<KernelArguments>) -> (Activation, Floats?) {
    let ops = call.pointee.p0.unsafelyUnwrapped.assumingMemoryBound(to: MicroOp.self)
    guard call.pointee.n0 == 1, ops[0].a == 0 else { return (.none, nil) }
    if ops[0].code == .relu { return (.relu, nil) }
    let streams = call.pointee.p1.unsafelyUnwrapped.assumingMemoryBound(to: ElementwiseStream.self)
    let rowStride = call.pointee.n3 == 1 ? call.pointee.n4 : streams[1].rowStride
    guard call.pointee.n1 == 2, ops[0].b == 1, streams[1].columnStride == 1, rowStride == call.pointee.n4
    else { return (.none, nil) }
    let other = streams[1].floats
    switch ops[0].code {
    case .reluGrad: return (.reluGrad, other)
    case .tanhGrad: return (.tanhGrad, other)
    case .sigmoidGrad: return (.sigmoidGrad, other)
    default: return (.none, nil)
    }
  }

  /// The elements `first ..< last` of the result.
  @inline(__always)
  func finish(_ first: Int, _ last: Int) {
    guard let call else { return }
    if activation == .none { return elementwise(call, first, last, scratch) }
    if let result { activate(result + first, other.map { $0 + first }, last &- first) }
  }

  @inline(never)
  private func activate(_ x: Floats, _ y: Floats?, _ count: Int) {
    switch activation {
    case .none: break
    case .relu: each(x, x, count, Relu.self)
    case .reluGrad: each(x, y.unsafelyUnwrapped, count, ReluGrad.self)
    case .tanhGrad: each(x, y.unsafelyUnwrapped, count, TanhGrad.self)
    case .sigmoidGrad: each(x, y.unsafelyUnwrapped, count, SigmoidGrad.self)
    }
  }

  @inline(__always)
  private func each<F: Formula>(_ x: Floats, _ y: Floats, _ count: Int, _: F.Type) {
    var at = 0
    while at &+ 16 <= count {
      store16(F.value(load16(x + at), load16(y + at)), x + at)
      at &+= 16
    }
    let rest = count &- at
    if rest > 0 { store(F.value(load(x + at, count: rest), load(y + at, count: rest)), x + at, count: rest) }
  }

  /// A part of the rows of a matrix whose rows have `length` elements.
  @inline(never)
  func finish(_ rows: Range<Int>, _ columns: Range<Int>, length: Int) {
    if columns.count == length {
      finish(rows.lowerBound &* length, rows.upperBound &* length)
    } else {
      for row in rows {
        finish(row &* length &+ columns.lowerBound, row &* length &+ columns.upperBound)
      }
    }
  }
}

/// A step as a type: functions in its place would be called for every vector.
private protocol Formula {
  static func value(_ x: Lane16, _ y: Lane16) -> Lane16
}

private enum Relu: Formula {
  @inline(__always)
  static func value(_ x: Lane16, _: Lane16) -> Lane16 { Lane16.relu(x) }
}

private enum ReluGrad: Formula {
  @inline(__always)
  static func value(_ x: Lane16, _ y: Lane16) -> Lane16 { Lane16.reluGrad(x, y) }
}

private enum TanhGrad: Formula {
  @inline(__always)
  static func value(_ x: Lane16, _ y: Lane16) -> Lane16 { Lane16.tanhGrad(x, y) }
}

private enum SigmoidGrad: Formula {
  @inline(__always)
  static func value(_ x: Lane16, _ y: Lane16) -> Lane16 { Lane16.sigmoidGrad(x, y) }
}

extension ElementwiseStream {
  @inline(__always)
  fileprivate var floats: Floats { pointer.assumingMemoryBound(to: Float.self) }
}
