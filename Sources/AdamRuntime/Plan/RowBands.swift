// Small steps shared by two threads: each takes its rows of the batch through all operations.
import AdamIR
import AdamKernelABI

/// What the rows of an operation's result depend on.
enum RowRule: Sendable {
  /// On nobody knows what, or its calls are cut by rows one by one (`Emission.emit`).
  case none
  /// On the same rows of the operands that have them; operands of lower rank are the same for all rows.
  case alike
  /// On the same rows of the first operand.
  case product
  /// A product, or with its first operand transposed a sum over rows.
  case matmul
  /// Nothing is left of the rows but their sum.
  case sum
}

/// A part of an operation that one thread computes.
struct RowBand {
  enum Way {
    /// The operation on a part of the rows of some values.
    case views
    /// Some of the units of its call.
    case units
    /// Sums over its rows that go on from those over the rows before.
    case sums
  }
  /// Of the threads.
  var owner: Int
  var rows: Range<Int>
  var way: Way
  /// Those of which only these rows are read or written.
  var values: Set<ValueID>
}

/// How the operations of a function come apart by the rows of its first input, such as a batch. Lines that one core
/// has written are dear to another: what depends on a row stays with the thread that has the row, and chains over all
/// rows go from one thread to the next, which is busy with its other rows until then. Parameters and such sums are all
/// that passes between cores: a step of 256 rows and 64 units takes 47.5 µs instead of 58 (Zen 4). No chain changes,
/// so no bit does.
struct RowBands {
  private let function: TensorFunction
  private let rows: Int
  /// Rows of the first thread.
  private let cut: Int

  /// nil where single calls are better shared: by other threads than two, and in long steps.
  init?(_ function: TensorFunction, threads: Int) {
    guard threads == 2, let input = function.parameters.first(where: { $0.role == .input }) else { return nil }
    self.function = function
    rows = function.rows(input.value)
    cut = rows / 32 * 16
    guard Self.rows.contains(rows), elements <= Self.mostElements, Self.terms.contains(terms) else { return nil }
  }

  /// Fewer are no work for two; with more, chains have more than one block of terms (p6 of `KernelTable.gemm`).
  private static let rows = 32...KernelTable.blockTerms
  /// Factors that are multiplied in a step.
  private static let terms = 5e5...1.6e7
  /// Of all results together, none of which stands where another stood: what is larger is no short step.
  private static let mostElements = 1e6

  private var elements: Double {
    function.operations.lazy.flatMap(\.results)
      .reduce(0) { $0 + Double(function.type($1).shape.elementCount ?? 0) }
  }

  private var terms: Double {
    function.operations.indices.reduce(0) { sum, index in
      guard let product = product(of: function.operations[index]), !parts(of: index).isEmpty else { return sum }
      let inner = isSum(product) ? rows : function.type(product.operands[0]).shape.sizes?.last ?? 0
      return sum + Double(inner) * Double(function.type(product.results[0]).shape.elementCount ?? 0)
    }
  }

  /// What the threads compute of an operation; empty: it stays whole.
  func parts(of index: Int) -> [RowBand] {
    let operation = function.operations[index]
    return way(of: operation).map { parts($0, of: $1) } ?? []
  }

  /// What the threads compute of a call whose units are the rows of `values`.
  func parts(_ way: RowBand.Way = .units, of values: Set<ValueID>) -> [RowBand] {
    [0..<cut, cut..<rows].enumerated().map {
      RowBand(owner: $0.offset, rows: $0.element, way: way, values: values)
    }
  }

  /// Whether a call of so many units may be one by rows.
  func has(rows: Int) -> Bool { rows == self.rows }

  private func way(of operation: Operation) -> (RowBand.Way, Set<ValueID>)? {
    if let product = product(of: operation) {
      if isSum(product) { return sums(product, of: operation) }
      let along = product.operands.prefix(1) + operation.operandsOfSteps
      return values(operation, along: Array(along), whole: product.operands.dropFirst()).map { (.views, $0) }
    }
    switch EmitterTable.byName[operation.op.name]?.rows {
    case .alike where operation.attributes.int("axis") != 0:
      return values(operation, along: operation.operands).map { (.views, $0) }
    case .sum: return sum(operation)
    default: return nil
    }
  }

  /// The product that the operation is, or that its steps stand behind.
  private func product(of operation: Operation) -> Operation? {
    let product = operation.source ?? operation
    let rule = EmitterTable.byName[product.op.name]?.rows
    guard rule == .product || rule == .matmul, product.operands.count > 1 else { return nil }
    // A vector's only axis is the one that is added up.
    let isMatrix = { (value: ValueID) in rank(value) == 2 || rule == .product && rank(value) > 2 }
    return isMatrix(product.operands[0]) && rank(product.operands[1]) == 2 ? product : nil
  }

  /// Over the rows of its operands.
  private func isSum(_ product: Operation) -> Bool { product.attributes.bool("transpose_a") == true }

  /// The results and those of `along` that run over the rows with them; nil when a value would have to be seen both
  /// whole and in part, and when operands are stretched along the rows.
  private func values(
    _ operation: Operation, along: [ValueID], whole: ArraySlice<ValueID> = []
  ) -> Set<ValueID>? {
    guard let result = operation.results.first, operation.results.allSatisfy({ runs($0) && rank($0) == rank(result) })
    else { return nil }
    let seen = Set(along.filter { runs($0) && rank($0) == rank(result) })
    let isWhole = { (value: ValueID) in rank(value) < rank(result) || function.rows(value) == 1 }
    guard !seen.isEmpty, along.allSatisfy({ seen.contains($0) || isWhole($0) }), !whole.contains(where: seen.contains)
    else { return nil }
    return seen.union(operation.results)
  }

  /// A product that adds up rows, where its result is not larger than its operands: of those each thread would read
  /// the rows of the other.
  private func sums(_ product: Operation, of operation: Operation) -> (RowBand.Way, Set<ValueID>)? {
    let sizes = product.operands.map { function.type($0).shape.sizes ?? [] }
    guard operation.op == product.op, product.attributes.bool("transpose_b") != true,
      product.operands.allSatisfy(runs), sizes[0][1] * sizes[1][1] <= rows * (sizes[0][1] + sizes[1][1])
    else { return nil }
    return (.sums, Set(product.operands))
  }

  /// Whole groups of columns, of which a sum is all that remains of the rows before (`KernelTable.sumFirst`).
  private func sum(_ operation: Operation) -> (RowBand.Way, Set<ValueID>)? {
    let operand = operation.operands[0], sizes = function.type(operand).shape.sizes ?? []
    guard runs(operand), sizes.count == 2, sizes[1] % KernelTable.sumFirstColumns == 0, sizes[1] > 0,
      operation.attributes.ints("axes") == [0], operation.attributes.bool(ChannelsLast.attribute) != true
    else { return nil }
    return (.sums, [operand])
  }

  private func runs(_ value: ValueID) -> Bool { function.rows(value) == rows }
  private func rank(_ value: ValueID) -> Int { function.type(value).shape.rank }
}

extension TensorFunction {
  fileprivate func rows(_ value: ValueID) -> Int { type(value).shape.rows }
}

extension Shape {
  /// The first size; 0 of a number.
  fileprivate var rows: Int { sizes?.first ?? 0 }

  /// Elements from one row to the next.
  var rowLength: Int { rows == 0 ? 0 : (elementCount ?? 0) / rows }
}
