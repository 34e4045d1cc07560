// Functions of the script as parts of a network: layers, activations, losses.
import AdamIR
import AdamSource

/// A function as the VM or as the checker knows it.
package enum LayerFunction {
  case closure(Closure)
  case abstract(AbstractFunction)
  case builtin(ConfiguredBuiltin)
}

/// Runs functions of the script on values of a function that is being traced. The VM traces what they
/// do; the checker follows types only.
package protocol FunctionTracer: AnyObject {
  /// - Parameter inputs: nil stands for `none` (a loss without a target).
  /// Throws `shapeUnknown` when nothing certain can be said of the result.
  func trace(
    _ function: LayerFunction, _ inputs: [ValueID?], in tracer: ModelTracer, at span: Span
  ) throws(Diagnostic) -> ValueID
  /// The size of a `_` follows from the layers around it.
  func solved(_ size: Int, at span: Span)
}

extension DiagnosticCode {
  /// Never shown: what follows from here on is not known before running.
  package static let shapeUnknown = DiagnosticCode("unknown shape")
}

extension Diagnostic {
  /// A function that is traced gave something else than a tensor.
  package static func notNumbers(_ found: String, from function: Span?, at span: Span) -> Diagnostic {
    var diagnostic = ValueError.notNumbers(found, at: function ?? span)
    if function != nil { diagnostic.labels = [Label(span, "its result is used as a tensor here")] }
    return diagnostic
  }

  package static func shapeUnknown(at span: Span) -> Diagnostic {
    Diagnostic(.shapeUnknown, "the result of a function is not known before it runs", at: span)
  }
}

extension ModelTracer {
  /// A value of which only the type is known.
  package func opaque(_ type: TensorType, at span: Span) -> ValueID {
    let value = function.addParameter(
      type, name: "opaque.\(function.parameters.count)", role: .input, span: span)
    opaques.insert(value)
    return value
  }
}

extension LayerDefinition {
  /// What a function is as a layer; its work is done where the layer is applied.
  static func function(named name: String) -> LayerDefinition {
    LayerDefinition(
      name: name, summary: "A function of the script.", shapeRule: "x -> the function's result",
      signature: Signature([]), example: "",
      forward: { _, layer, _ throws(Diagnostic) in throw .shapeUnknown(at: layer.span) })
  }
}

extension Layer {
  /// A function as a layer; the layers that it captured are its parts.
  package convenience init(
    function: LayerFunction, name: String, members: [AbstractField] = [], span: Span
  ) {
    self.init(
      definition: .function(named: name),
      settings: BoundArguments(names: [], entries: [], variadic: [], span: span), parameters: [],
      children: [], span: span)
    self.function = function
    let names = Set(members.map(\.name))
    adopt(members, outer: function.held.filter { !names.contains($0.name) })
  }
}

extension LayerFunction {
  /// Where the function is written; nil for a builtin.
  package var place: Span? {
    switch self {
    case .closure(let closure):
      closure.program.functions.indices.contains(closure.function)
        ? closure.program.functions[closure.function].span : nil
    case .abstract(let function): function.place
    case .builtin: nil
    }
  }

  /// The name it was declared with; `fn` for one without.
  package var name: String {
    switch self {
    case .closure(let closure): closure.program.name(of: closure.function)
    case .abstract(let function): function.program.name(of: function.function)
    case .builtin(let builtin): builtin.definition.name
    }
  }

  /// A function of the script without parameters.
  package var takesNothing: Bool {
    switch self {
    case .closure(let closure): closure.program.takesNothing(closure.function)
    case .abstract(let function): function.program.takesNothing(function.function)
    case .builtin: false
    }
  }

  /// How many values it takes.
  package var parameterCount: Int {
    switch self {
    case .closure(let closure): closure.program.required(of: closure.function)
    case .abstract(let function): function.program.required(of: function.function)
    case .builtin: 1
    }
  }
}

extension Program {
  fileprivate func name(of function: Int) -> String {
    functions.indices.contains(function) ? functions[function].name : "fn"
  }

  fileprivate func takesNothing(_ function: Int) -> Bool {
    functions.indices.contains(function) && functions[function].parameters.isEmpty
  }

  fileprivate func required(of function: Int) -> Int {
    functions.indices.contains(function) ? functions[function].parameters.count { !$0.hasDefault } : 0
  }
}

extension AbstractValue {
  /// A function of the script, as the checker or the session knows it.
  package var layerFunction: LayerFunction? {
    switch self {
    case .function(let function): .abstract(function)
    case .known(.function(let closure)): .closure(closure)
    default: nil
    }
  }
}

extension Value {
  package var layerFunction: LayerFunction? {
    switch self {
    case .function(let closure): .closure(closure)
    case .builtin(let builtin): .builtin(builtin)
    default: nil
    }
  }
}
