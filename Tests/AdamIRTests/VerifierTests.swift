// The verifier accepts what the passes make and names each invariant that is broken.
import AdamIR
import AdamTestSupport
import Testing

@Suite struct VerifierTests {
  static let sound = """
    func @f(
      %0: f32[2] parameter "w",
      %1: f32[2] state "w.m",
      %2: f32[2] input "x",
      %3: f32[4] scalars "scalars",
    ) {
      %4 = mul(%0, %2) : f32[2]
      %5 = sum(%4; axes=[0], keepdims=false) : f32[]
      %6, %7 = sgd(%0, %4, %1, %3; options=0) : f32[2], f32[2]
      return %5 "loss", %6 "w" replaces %0, %7 "w.m" replaces %1
    }
    """

  @Test func acceptsASoundFunction() throws {
    #expect(try TensorFunction.parse(Self.sound).violations() == [])
  }

  /// Replaces one piece of the sound function's text and lists the broken invariants.
  private func broken(_ old: String, _ new: String) throws -> [Violation.Invariant] {
    let text = try #require(Self.sound.contains(old) ? Self.sound : nil)
    let parts = text.components(splitOnceAt: old)
    return try TensorFunction.parse(parts.0 + new + parts.1).violations().map(\.invariant)
  }

  @Test(arguments: [
    ("mul(%0, %2)", "mul(%0, %5)", Violation.Invariant.order),
    (": f32[]\n", ": f32[1]\n", .types),
    ("sum(%4; axes=[0], keepdims=false)", "sum(%4; keepdims=false, axes=[0])", .attributes),
    ("mul(%0, %2)", "mul(%0, %2; axis=1)", .attributes),
    ("sum(%4; axes=[0], keepdims=false)", "sum(%4; axes=[0])", .types),
    ("\"w.m\" replaces", "\"w\" replaces", .results),
    ("input \"x\"", "input \"w\"", .parameters),
    ("f32[4] scalars", "f32[4, 1] scalars", .parameters),
    ("%7 \"w.m\" replaces %1", "%7 \"w.m\" replaces %2", .replaced),
    ("%5 \"loss\",", "%5 \"loss\" replaces %0,", .replaced),
    ("%7 \"w.m\" replaces %1", "%7 \"w.m\" replaces %0", .replaced),
    ("%5 \"loss\",", "%0 \"loss\" replaces %1,", .alias),
    ("parameter \"w\"", "input \"w\"", .update),
    ("%6 \"w\" replaces %0, ", "", .update),
    ("%5 \"loss\"", "%0 \"loss\"", .lastUse),
  ])
  func namesWhatIsBroken(_ old: String, _ new: String, _ wanted: Violation.Invariant) throws {
    #expect(try broken(old, new).contains(wanted))
  }

  @Test func aValueIsDefinedOnce() throws {
    var function = try TensorFunction.parse(Self.sound)
    function.operations[1].results = [ValueID(4)]
    #expect(function.violations().map(\.invariant) == [.numbering, .numbering])
    function.operations[1].results = [ValueID(99)]
    #expect(function.violations().contains { $0.invariant == .numbering })
    function = try TensorFunction.parse(Self.sound)
    function.operations[0].operands = [ValueID(-3), ValueID(0)]
    #expect(function.violations().map(\.invariant) == [.numbering])
  }

  @Test func readingAnUpdatedValueThroughAViewIsSeen() throws {
    let text = """
      func @f(%0: f32[2] parameter "w", %1: f32[2] input "g", %2: f32[4] scalars "scalars") {
        %3 = reshape(%0; shape=[1, 2]) : f32[1, 2]
        %4 = sgd(%0, %1, %2; options=0) : f32[2]
        %5 = neg(%3) : f32[1, 2]
        return %5 "late", %4 "w" replaces %0
      }
      """
    #expect(try TensorFunction.parse(text).violations().map(\.invariant) == [.lastUse])
  }

  @Test func anOpThatDrawsMustHaveAnEffect() throws {
    let rogue = OpDefinition(
      name: "rogue", summary: "Draws.", formula: "y", traits: .random, operandCount: 0...0,
      inferTypes: { _, _ throws(ShapeError) in [.f32()] })
    var function = TensorFunction(name: "f")
    _ = try function.apply(rogue, [])
    #expect(function.violations().map(\.invariant) == [.effect])
  }
}

extension String {
  fileprivate func components(splitOnceAt separator: String) -> (String, String) {
    guard let range = firstRange(of: separator) else { return (self, "") }
    return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
  }
}
