// An op is a value: its name, its rules and what passes may know about it. One file per op, one
// line in `OpRegistry.all`; everything else is derived.

/// Why an op refuses its operands. Turned into a diagnostic by whoever knows the source places.
package struct ShapeError: Error, Hashable, Sendable {
  /// Lower case, in the user's words: `cannot multiply [2, 3] by [4, 5]`.
  package var claim: String
  /// Why, or empty: `3 is not 4`.
  package var reason: String
  /// A way out, or empty.
  package var hint: String
  /// Which operands disagree, for the carets.
  package var operands: [Int]
  /// Both: `cannot multiply [2, 3] by [4, 5]: 3 is not 4`.
  package var message: String { reason.isEmpty ? claim : "\(claim): \(reason)" }
  package init(_ claim: String, reason: String = "", hint: String = "", operands: [Int] = []) {
    self.claim = claim
    self.reason = reason
    self.hint = hint
    self.operands = operands
  }
}

/// What passes ask instead of names.
package struct OpTraits: OptionSet, Hashable, Sendable {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }
  /// Each result element depends on the elements at its (broadcast) place only.
  package static let elementwise = OpTraits(rawValue: 1)
  package static let reduction = OpTraits(rawValue: 2)
  /// Same elements in the same order under another shape: may share storage.
  package static let view = OpTraits(rawValue: 4)
  /// Moves elements without computing.
  package static let movement = OpTraits(rawValue: 8)
  package static let commutative = OpTraits(rawValue: 16)
  /// Draws from the generator. Implies `effect`.
  package static let random = OpTraits(rawValue: 32)
  /// Never dropped, merged or reordered against other effects.
  package static let effect = OpTraits(rawValue: 64)
  /// An optimizer update: operands after the gradient are replaced by the results, in place.
  package static let update = OpTraits(rawValue: 128)
  /// Its kernel can run elementwise ops on elements of its result as soon as they are finished.
  package static let epilogue = OpTraits(rawValue: 256)
  /// Made by fusion only, so it is never differentiated.
  package static let fused = OpTraits(rawValue: 512)
}

/// Builds the gradient of an op into the function being differentiated.
package struct PullbackContext: Sendable {
  package var operands: [ValueID]
  package var results: [ValueID]
  package var attributes: Attributes
  /// Gradient of each result; nil where nothing flows.
  package var upstream: [ValueID?]
  package init(operands: [ValueID], results: [ValueID], attributes: Attributes, upstream: [ValueID?]) {
    self.operands = operands
    self.results = results
    self.attributes = attributes
    self.upstream = upstream
  }
}

/// Result types of an op, or why it refuses its operands.
package typealias TypeRule =
  @Sendable ([TensorType], Attributes) throws(ShapeError) -> [TensorType]

/// Which operand's storage the result may take over, for operands of these types; nil: none.
package typealias InPlaceRule = @Sendable ([TensorType], Attributes) -> Int?

/// Appends the gradient to the function; one entry per operand, nil where nothing flows.
package typealias Pullback =
  @Sendable (inout TensorFunction, PullbackContext) throws(ShapeError) -> [ValueID?]

/// Operands, attributes and result types (all sizes fixed) to results.
package typealias Reference =
  @Sendable ([ReferenceTensor], Attributes, [TensorType]) -> [ReferenceTensor]

/// A reference: every operation of a function holds its op, and passes copy operations by the hundred.
package final class OpDefinition: Sendable {
  /// Lower snake case, torch's name: the same in the language, the IR, help and files.
  package let name: String
  package let summary: String
  /// As mathematics, with the order of operations where it matters.
  package let formula: String
  package let traits: OpTraits
  package let operandCount: ClosedRange<Int>
  /// Names of the attributes in print order.
  package let attributeNames: [String]
  /// Refuses a wrong number of operands before the op's own rule sees them.
  package let inferTypes: TypeRule
  /// Gradients of the operands in order (nil: none), or nil when the op is not differentiable.
  package let pullback: Pullback?
  /// The kernel has read what it needs of that operand before it writes there. nil: the result of an elementwise op
  /// takes the storage of any operand that is read one element for one, that of others has its own.
  package let inPlace: InPlaceRule?
  /// The op in Double on row-major data, for tests and for constants; nil for random ops and
  /// updates.
  package let reference: Reference?

  package init(
    name: String, summary: String, formula: String, traits: OpTraits = [],
    operandCount: ClosedRange<Int>, attributeNames: [String] = [],
    inferTypes: @escaping TypeRule, pullback: Pullback? = nil, inPlace: InPlaceRule? = nil,
    reference: Reference? = nil
  ) {
    self.name = name
    self.summary = summary
    self.formula = formula
    self.traits = traits
    self.operandCount = operandCount
    self.attributeNames = attributeNames
    self.inferTypes = { types, attributes throws(ShapeError) in
      guard operandCount.contains(types.count) else {
        throw ShapeError.operandCount(name, types.count, operandCount)
      }
      return try inferTypes(types, attributes)
    }
    self.pullback = pullback
    self.inPlace = inPlace
    self.reference = reference
  }
}

extension OpDefinition: Hashable {
  package static func == (a: OpDefinition, b: OpDefinition) -> Bool { a === b || a.name == b.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// Row-major values in Double: the reference path.
package struct ReferenceTensor: Hashable, Sendable {
  package var sizes: [Int]
  package var values: [Double]
  package init(_ sizes: [Int], _ values: [Double]) {
    self.sizes = sizes
    self.values = values
  }

  /// - Precondition: the sizes are known.
  init(zeros type: TensorType) {
    self.init(type.shape.sizes ?? [], Array(repeating: 0, count: type.shape.elementCount ?? 0))
  }
}
