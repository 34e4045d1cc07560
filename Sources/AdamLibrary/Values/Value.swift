// What a register of the VM holds: 16 bytes, trivially copyable for numbers. A closed set.
import AdamIR
import AdamRuntime
import AdamSource

package enum Value {
  /// A variable before its first assignment; never seen by a user.
  case unset
  case none
  case bool(Bool)
  case number(Double)
  case string(StringBox)
  case list(ListBox)
  case tuple(TupleBox)
  case record(RecordBox)
  case range(RangeBox)
  case tensor(Tensor)
  /// A tensor of a function that is being traced: a type, no numbers.
  case traced(TracedTensor)
  /// A parameter inside the layer that declares it: a tensor with an identity.
  case parameter(LayerParameter)
  case function(Closure)
  case builtin(ConfiguredBuiltin)
  case layer(Layer)
  case optimizer(Optimizer)
  case data(DataSet)
  case hook(Hook)
}

/// Lists, tuples, records, strings are values: a box is copied before it is changed unless it is
/// held once (`isKnownUniquelyReferenced`).
package final class StringBox {
  package let text: String
  package init(_ text: String) { self.text = text }
}

package final class ListBox {
  package var elements: [Value]
  package init(_ elements: [Value]) { self.elements = elements }
  deinit { Dismantling.free(&elements) }
}

package final class TupleBox {
  package fileprivate(set) var elements: [Value]
  package init(_ elements: [Value]) { self.elements = elements }
  deinit { Dismantling.free(&elements) }
}

package final class RecordBox {
  package struct Field {
    package var name: String
    package var value: Value
    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }
  package lazy var fields: [Field] = made()
  /// What makes the fields when somebody asks for them; nil when they are there.
  private var make: (() -> [Field])?
  /// `record`, or what made it and how it is shown: `run`, `evaluation`.
  package let kind: String
  package init(_ fields: [Field], kind: String = "record") {
    self.kind = kind
    self.fields = fields
  }
  /// With fields that take long to make and that few look at.
  package init(kind: String, lazily make: @escaping () -> [Field]) {
    self.kind = kind
    self.make = make
  }

  private func made() -> [Field] {
    defer { make = nil }
    return make?() ?? []
  }

  package subscript(name: String) -> Value? { fields.first { $0.name == name }?.value }
  deinit {
    guard make == nil, fields.contains(where: { Dismantling.isNested($0.value) }) else { return }
    var values = fields.map(\.value)
    fields = []
    Dismantling.free(&values)
  }
}

package final class RangeBox {
  package let lower: Double
  /// The last number for a closed range, the first excluded one otherwise.
  package let upper: Double
  package let isClosed: Bool
  package init(lower: Double, upper: Double, isClosed: Bool) {
    self.lower = lower
    self.upper = upper
    self.isClosed = isClosed
  }
}

/// A function value of the script.
package final class Closure {
  package let program: Program
  package let function: Int
  /// Captured values by register of the callee.
  package fileprivate(set) var captures: [(register: Register, value: Value)]
  package let defaults: [(parameter: Int, value: Value)]
  /// The decoded program, kept by the VM that made the closure; nil for a closure made elsewhere.
  package var code: AnyObject?
  /// Its function in that code, when a call by position needs nothing but the arguments.
  package var entry: UnsafeMutableRawPointer?
  package init(
    program: Program, function: Int, captures: [(register: Register, value: Value)],
    defaults: [(parameter: Int, value: Value)]
  ) {
    self.program = program
    self.function = function
    self.captures = captures
    self.defaults = defaults
  }

  deinit {
    guard captures.contains(where: { Dismantling.isNested($0.value) }) else { return }
    var values = captures.map(\.value)
    captures = []
    Dismantling.free(&values)
  }
}

/// A builtin as a value; `relu` alone, or configured by keywords (`bce_with_logits(pos_weight=2)`).
package final class ConfiguredBuiltin {
  package let definition: BuiltinDefinition
  package let settings: [RecordBox.Field]
  lazy var elementwise = Self.elementwise(definition, settings)
  package init(_ definition: BuiltinDefinition, settings: [RecordBox.Field] = []) {
    self.definition = definition
    self.settings = settings
  }
}

/// A running `on epoch` or `on step` block.
package final class Hook {
  package let event: String
  package let every: Int
  package let closure: Closure
  package let span: Span
  package var isActive = true
  /// For a block inside a function: the call it lives as long as.
  package let call: HookCall?
  package init(event: String, every: Int, closure: Closure, span: Span, call: HookCall? = nil) {
    self.event = event
    self.every = every
    self.closure = closure
    self.span = span
    self.call = call
  }
}

/// The running function that an `on` block belongs to.
package struct HookCall {
  /// Its place among the running functions and its registers.
  package let depth: Int
  package let base: Int
  package let site: HookSite
  package init(depth: Int, base: Int, site: HookSite) {
    self.depth = depth
    self.base = base
    self.site = site
  }
}

/// Frees nested boxes with a loop: a list nested a million deep must not free itself recursively.
private enum Dismantling {
  /// Holds other values, so that freeing it may go on.
  static func isNested(_ value: Value) -> Bool {
    switch value {
    case .list, .tuple, .record, .function: true
    default: false
    }
  }

  static func free(_ values: inout [Value]) {
    guard values.contains(where: isNested) else { return }
    var pending = values
    values = []
    while var value = pending.popLast() {
      if var box = takeList(&value) {
        guard isKnownUniquelyReferenced(&box) else { continue }
        pending += box.elements.filter(isNested)
        box.elements = []
      } else if var box = takeTuple(&value) {
        guard isKnownUniquelyReferenced(&box) else { continue }
        pending += box.elements.filter(isNested)
        box.elements = []
      } else if var box = takeRecord(&value) {
        guard isKnownUniquelyReferenced(&box) else { continue }
        pending += box.fields.map(\.value).filter(isNested)
        box.fields = []
      } else if var closure = takeFunction(&value) {
        guard isKnownUniquelyReferenced(&closure) else { continue }
        pending += closure.captures.map(\.value).filter(isNested)
        closure.captures = []
      }
    }
  }

  // Each moves the box out of the value, so that one holder fewer is left.

  private static func takeList(_ value: inout Value) -> ListBox? {
    guard case .list(let box) = value else { return nil }
    value = .none
    return box
  }

  private static func takeTuple(_ value: inout Value) -> TupleBox? {
    guard case .tuple(let box) = value else { return nil }
    value = .none
    return box
  }

  private static func takeRecord(_ value: inout Value) -> RecordBox? {
    guard case .record(let box) = value else { return nil }
    value = .none
    return box
  }

  private static func takeFunction(_ value: inout Value) -> Closure? {
    guard case .function(let closure) = value else { return nil }
    value = .none
    return closure
  }
}

extension Value {
  /// Whether an update of a part spares the copy when nothing else holds the value.
  package var isChangedInPlace: Bool {
    switch self {
    case .list, .tensor: true
    default: false
    }
  }

  /// Whether `v(…)` means something.
  package var isCallable: Bool {
    switch self {
    case .function, .builtin, .layer: true
    default: false
    }
  }
}
