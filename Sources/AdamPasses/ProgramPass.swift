// Passes over `@main` and the script's functions: register code to register code. The checker and its
// messages see the code as it was lowered; the VM runs what the passes made of it.
import AdamIR

package struct ProgramPass: Sendable {
  /// Kebab case, as for passes over tensor functions.
  package let name: String
  package let purpose: String
  package let run: @Sendable (Program) -> Program
  package init(_ name: String, purpose: String, run: @escaping @Sendable (Program) -> Program) {
    self.name = name
    self.purpose = purpose
    self.run = run
  }
}

/// The passes over programs in their order.
package struct ProgramPipeline: Sendable {
  package var passes: [ProgramPass]
  package init(_ passes: [ProgramPass]) { self.passes = passes }

  package static let standard = ProgramPipeline([
    // First, so that numbers of an inlined body meet those around it.
    .inlineFunctions,
    .foldNumbers,
    // Last: folding leaves operands behind.
    .dropUnread,
  ])

  /// Runs all passes but the `disabled` ones. What a program prints, its bits, its errors with their
  /// places and the operations it counts are the same afterwards. `observer` gets each pass's result.
  package func run(
    _ program: Program, without disabled: Set<String> = [],
    observer: (String, Program) -> Void = { _, _ in }
  ) -> Program {
    passes.filter { !disabled.contains($0.name) }.reduce(program) { program, pass in
      let result = pass.run(program)
      observer(pass.name, result)
      return result
    }
  }
}
