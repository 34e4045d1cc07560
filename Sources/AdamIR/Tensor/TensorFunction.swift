// Straight-line SSA functions on tensors: `@forward`, `@loss`, `@train_step`. Host control flow has
// already run when one is traced.
import AdamSource

/// Index of an SSA value in its function.
package struct ValueID: Hashable, Sendable, Comparable {
  package var index: Int
  package init(_ index: Int) { self.index = index }
  package static func < (a: ValueID, b: ValueID) -> Bool { a.index < b.index }
}

package enum Attribute: Hashable, Sendable {
  case int(Int)
  case ints([Int])
  case float(Double)
  case bool(Bool)
  case string(String)
  case type(TensorType)
  /// The steps of a fused loop.
  case body(FusedBody)
}

/// Attributes in the order of the op's schema; printing and equality use that order.
package struct Attributes: Hashable, Sendable {
  package var entries: [Entry] = []
  package struct Entry: Hashable, Sendable {
    package var name: String
    package var value: Attribute
    package init(_ name: String, _ value: Attribute) {
      self.name = name
      self.value = value
    }
  }
  package init(_ entries: [Entry] = []) { self.entries = entries }
  package init(_ pairs: KeyValuePairs<String, Attribute>) {
    entries = pairs.map { Entry($0.key, $0.value) }
  }
  package subscript(name: String) -> Attribute? { entries.first { $0.name == name }?.value }
  package func int(_ name: String) -> Int? {
    if case .int(let v)? = self[name] { return v } else { return nil }
  }
  package func ints(_ name: String) -> [Int]? {
    if case .ints(let v)? = self[name] { return v } else { return nil }
  }
  package func float(_ name: String) -> Double? {
    if case .float(let v)? = self[name] { return v } else { return nil }
  }
  package func bool(_ name: String) -> Bool? {
    if case .bool(let v)? = self[name] { return v } else { return nil }
  }
  package func string(_ name: String) -> String? {
    if case .string(let v)? = self[name] { return v } else { return nil }
  }
  package func type(_ name: String) -> TensorType? {
    if case .type(let v)? = self[name] { return v } else { return nil }
  }
  package func body(_ name: String) -> FusedBody? {
    if case .body(let v)? = self[name] { return v } else { return nil }
  }
}

extension Attributes: ExpressibleByDictionaryLiteral {
  /// Keeps the order as written, which must be the schema's.
  package init(dictionaryLiteral elements: (String, Attribute)...) {
    entries = elements.map { Entry($0.0, $0.1) }
  }
}

/// What a parameter of a tensor function is, which decides where the plan keeps it.
package enum ParameterRole: String, Hashable, Sendable {
  /// A weight; updated in place by the function when it is also a result.
  case parameter
  /// Optimizer or layer state (m, v, running mean), updated in place.
  case state
  case input
  case target
  /// Numbers the host writes before each run (learning rate, bias corrections): never constants.
  case scalars
}

package struct ValueInfo: Hashable, Sendable {
  package var type: TensorType
  package var span: Span?
  package init(_ type: TensorType, _ span: Span?) {
    self.type = type
    self.span = span
  }
}

package struct FunctionParameter: Hashable, Sendable {
  package var value: ValueID
  /// `0.weight`, `0.weight.m`, `x`, `y`.
  package var name: String
  package var role: ParameterRole
  package init(_ value: ValueID, _ name: String, _ role: ParameterRole) {
    self.value = value
    self.name = name
    self.role = role
  }
}

package struct Operation: Hashable, Sendable {
  package var op: OpDefinition
  package var operands: [ValueID]
  package var attributes: Attributes
  package var results: [ValueID]
  package var span: Span?
  package init(
    _ op: OpDefinition, _ operands: [ValueID], _ attributes: Attributes, _ results: [ValueID],
    _ span: Span?
  ) {
    self.op = op
    self.operands = operands
    self.attributes = attributes
    self.results = results
    self.span = span
  }
}

/// A result of a function. `target` names the parameter whose storage it replaces (an updated
/// weight or state); nil for plain results such as the loss.
package struct FunctionResult: Hashable, Sendable {
  package var value: ValueID
  package var name: String
  package var target: ValueID?
  package init(_ value: ValueID, _ name: String, replaces target: ValueID? = nil) {
    self.value = value
    self.name = name
    self.target = target
  }
}

package struct TensorFunction: Hashable, Sendable {
  package var name: String
  package var values: [ValueInfo] = []
  package var parameters: [FunctionParameter] = []
  package var operations: [Operation] = []
  package var results: [FunctionResult] = []
  package init(name: String) { self.name = name }

  package func type(_ id: ValueID) -> TensorType { values[id.index].type }

  package mutating func addParameter(
    _ type: TensorType, name: String, role: ParameterRole, span: Span? = nil
  ) -> ValueID {
    values.append(ValueInfo(type, span))
    let id = ValueID(values.count - 1)
    parameters.append(FunctionParameter(id, name, role))
    return id
  }

  /// Appends an operation; the result types come from the op's own rule.
  package mutating func apply(
    _ op: OpDefinition, _ operands: [ValueID], _ attributes: Attributes = Attributes(),
    span: Span? = nil
  ) throws(ShapeError) -> [ValueID] {
    let types = try op.inferTypes(operands.map { type($0) }, attributes)
    let results = types.map { type -> ValueID in
      values.append(ValueInfo(type, span))
      return ValueID(values.count - 1)
    }
    operations.append(Operation(op, operands, attributes, results, span))
    return results
  }
}
