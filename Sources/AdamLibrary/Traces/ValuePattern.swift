// What a trace depended on: the values that its function could reach, with everything in them that may
// decide what is traced. Numbers of tensors do not, so of those only the type counts.
import AdamIR
import AdamRuntime

/// What a value must be for a trace to stand for a call with it.
indirect enum ValuePattern {
  case unset
  case none
  case bool(Bool)
  /// Bit for bit.
  case number(UInt64)
  case string(String)
  case range(lower: UInt64, upper: UInt64, isClosed: Bool)
  /// A rank-0 tensor is a number wherever one is asked for, so its bits count.
  case scalar(TensorPattern, word: UInt32)
  /// The n-th tensor that is reached.
  case tensor(Int, TensorPattern)
  case list([ValuePattern])
  case tuple([ValuePattern])
  case record(kind: String, names: [String], [ValuePattern])
  case builtin(name: String, settings: [String], [ValuePattern])
  case function(FunctionPattern)
  /// The n-th layer that is reached.
  case layer(Int)
  /// The n-th parameter that is reached.
  case parameter(Int)
  /// Numbers that are differentiated by, the n-th of them.
  case leaf(Int, TensorPattern, isNumber: Bool)
  /// A list that is differentiated by element by element.
  case parts([ValuePattern])
}

/// Everything about a tensor but its numbers.
struct TensorPattern: Equatable {
  var type: TensorType
  var batchAxis: Int?
  var units: TensorUnits?

  init(_ tensor: Tensor) {
    type = tensor.type
    batchAxis = tensor.batchAxis
    units = tensor.units
  }

  func matches(_ tensor: Tensor) -> Bool {
    tensor.batchAxis == batchAxis && tensor.units == units && tensor.type == type
  }
}

/// Code with what it captured; what it reads beside stands with the call.
struct FunctionPattern {
  /// The decoded program, kept so that no other can have its address.
  let code: AnyObject
  let function: Int
  let captures: [(register: Register, pattern: ValuePattern)]
  let defaults: [(parameter: Int, pattern: ValuePattern)]
}

/// A layer by identity, with what may change inside it.
struct LayerPattern {
  let layer: Pin<Layer>
  let parameters: [Int]
  let children: [Int]
  let function: ValuePattern
}

struct ParameterPattern {
  let parameter: Pin<LayerParameter>
  let isFrozen: Bool
}

/// Tells an object from all others without keeping its contents: as long as the pin is there, no other
/// object can get its address.
struct Pin<Object: AnyObject> {
  private let id: ObjectIdentifier
  private unowned let object: Object

  init(_ object: Object) {
    self.object = object
    id = ObjectIdentifier(object)
  }

  func holds(_ other: Object) -> Bool { id == ObjectIdentifier(other) }
}

/// All that one call depended on.
struct CallPattern {
  var function: ValuePattern
  var first: ValuePattern
  var rest: [ValuePattern]
  var keywords: [(name: String?, pattern: ValuePattern)]
  /// Top-level variables in the order in which they are met.
  var variables: [(slot: Int, pattern: ValuePattern)]
  var layers: [LayerPattern]
  var parameters: [ParameterPattern]
  /// Running functions: with fewer the call does not fail for being too deep either.
  var depth: Int
  /// Models that are called by hand are in training mode.
  var modelsTrain: Bool
}

/// A function to differentiate with its arguments.
struct DifferentiatedCall {
  let function: Value
  let first: Value
  let rest: ArraySlice<Value>
  let keywords: [GivenArgument<Value>]
}

extension Value {
  /// A list that is differentiated by element by element, not as one tensor.
  var isListOfParts: Bool {
    guard case .list(let box) = self else { return false }
    return fit(.tensorLike) != .yes || box.elements.contains(where: \.isTensorValue)
  }
}
