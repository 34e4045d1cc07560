// Statements of plausible programs.

extension ProgramGenerator {
  mutating func statement() {
    guard depth < 3 else { return bind() }
    switch random.below(26) {
    case 0: loop()
    case 1: condition()
    case 2: function()
    case 3: declaredLayer()
    case 4: hook()
    case 5: sweep()
    case 6: train()
    case 7: change()
    case 8: gradient()
    case 9: stepLoop()
    case 10: destructure()
    case 11, 12: verb()
    case 13: example()
    case 14: line(call(NameCatalog.standard.entries))
    case 15: jump()
    case 16...18: line("print \(value(anyKind()))")
    default: bind()
    }
  }

  mutating func anyKind() -> ValueKind { random.pick(ValueKind.allCases) }

  private mutating func bind() {
    let kind = anyKind()
    let text = value(kind)
    line("\(fresh(kind)) = \(text)")
  }

  private mutating func loop() {
    let count = random.once(in: 10) ? value(.whole) : "\(random.below(4))"
    switch random.below(4) {
    case 0:
      line("i = 0")
      block("while i < \(count)") {
        $0.isInLoop = true
        $0.line("i += 1")
        $0.statements(1 + $0.random.below(2))
      }
    case 1:
      let list = value(.list)
      block("for i, \(fresh(.number)) in enumerate(\(list))") { $0.loopBody() }
    case 2:
      let sequence = value(random.pick([.list, .tensor, .string, .data]))
      block("for \(fresh(anyKind())) in \(sequence)") { $0.loopBody() }
    default: block("for \(fresh(.whole)) in 0..<\(count)") { $0.loopBody() }
    }
  }

  private mutating func loopBody() {
    isInLoop = true
    statements(1 + random.below(2))
  }

  private mutating func condition() {
    block("if \(value(.bool))") { $0.statements(1) }
    if random.once(in: 2) { block("if \(value(.bool))") { $0.statements(1) } }
  }

  private mutating func jump() {
    if isInLoop { return line(random.pick(["break", "continue"])) }
    if isInFunction { return line("return \(value(anyKind()))") }
    bind()
  }

  private mutating func function() {
    let name = random.pick(["f", "g", "h"])
    let kind = anyKind()
    block("fn \(name)(a, b=\(value(.number)))", keepsNames: false) { generator in
      generator.isInLoop = false
      generator.isInFunction = true
      generator.scope[kind, default: []].append("a")
      generator.scope[.number, default: []].append("b")
      generator.statements(generator.random.below(3))
      generator.line(generator.value(generator.anyKind()))
    }
    scope[.function, default: []].append(name)
    line("print \(name)(\(value(kind)))")
  }

  private mutating func declaredLayer() {
    let size = random.once(in: 10) ? value(.whole) : "n"
    block("layer gate(n)", keepsNames: false) { generator in
      generator.line("param g[\(size)] = \(generator.call(NameCatalog.standard.entries(["initializer"])))")
      if generator.random.once(in: 2) { generator.line("inner = \(generator.value(.layer))") }
      generator.scope[.tensor, default: []] += ["x", "g"]
      generator.depth += 1
      generator.line("fn(x) \(generator.random.once(in: 2) ? "x * sigmoid(g)" : generator.value(.tensor))")
      generator.depth -= 1
    }
    line("model = seq(linear(\(features), 2), gate(2), linear(2, \(outputs)))")
    scope[.layer, default: []].append("model")
  }

  private mutating func hook() {
    let every = random.once(in: 2) ? " every \(random.once(in: 8) ? value(.whole) : "\(1 + random.below(3))")" : ""
    block("on \(random.pick(["epoch", "step"]))\(every)", keepsNames: false) { generator in
      generator.isInLoop = true
      generator.scope[.number, default: []] += ["loss", "epoch", "step"]
      generator.statements(1)
    }
  }

  private mutating func sweep() {
    let names = "\(fresh(.number)) in \(value(.list))"
    block("s = sweep \(names), k = \(value(.number))", keepsNames: false) { generator in
      generator.isInLoop = false
      generator.statements(1)
      generator.line(generator.value(.number))
    }
  }

  private mutating func train() {
    var text = random.once(in: 3) ? "\(fresh(.record)) = train" : "train"
    text += random.once(in: 12) ? " \(value(.whole))" : " \(1 + random.below(3))"
    text += random.pick(["", " epochs", " steps"])
    while random.once(in: 2) {
      let options = NameCatalog.standard.entries(["verb"]).first { $0.name == "train" }?.parameters ?? []
      if let option = options.isEmpty ? nil : random.pick(options) {
        text += ", \(option.name)=\(value(random.pick(ValueKind.kinds(of: option))))"
      }
    }
    line(text)
  }

  /// Parts of values that are there.
  private mutating func change() {
    guard let target = name(random.pick([.tensor, .list, .record, .optimizer, .layer])) else { return bind() }
    switch random.below(5) {
    case 0: line("\(target)[\(value(.whole))] = \(value(.number))")
    case 1: line("\(target).lr = \(value(.number))")
    case 2: line("\(target) \(random.pick(["+=", "-=", "*=", "/="])) \(value(.number))")
    case 3: line("\(target).append(\(value(.number)))")
    default: line("\(target)[\(slice()), \(slice())] = \(value(.tensor))")
    }
  }

  private mutating func gradient() {
    let f = random.once(in: 2) ? "fn(x) \(inner())" : value(.function)
    switch random.below(4) {
    case 0: line("print grad(\(f))(\(value(.tensor)))")
    case 1: line("print grad(grad(\(f)))(\(value(.number)))")
    case 2: line("l, g = value_and_grad(\(f), \(value(random.pick([.tensor, .layer, .record, .number]))))")
    default: line("check grad \(random.once(in: 2) ? "loss" : f)")
    }
  }

  private mutating func inner() -> String {
    scope[.tensor, default: []].append("x")
    let text = random.once(in: 2) ? "sum(\(value(.tensor)))" : value(.number)
    scope[.tensor]?.removeLast()
    return text
  }

  private mutating func stepLoop() {
    block("for x, y in data", keepsNames: false) { generator in
      generator.line("l, g = value_and_grad(fn(m) mse(m(x, training=true), y), model)")
      generator.line(generator.random.once(in: 4) ? "opt.step(\(generator.value(.record)))" : "opt.step(g)")
    }
  }

  private mutating func destructure() {
    let right = random.once(in: 2) ? "(\(value(.number)), \(value(.tensor)))" : value(random.pick([.list, .tensor, .data]))
    line("\(fresh(.number)), \(fresh(.tensor)) = \(right)")
  }

  private mutating func verb() {
    switch random.below(8) {
    case 0: line("assert \(value(.bool)), \(value(.string))")
    case 1: line("show \(value(anyKind()))")
    case 2: line("save \(value(.string))")
    case 3: line("load \(value(.string))")
    case 4: line("\(fresh(.record)) = eval \(value(.data))")
    case 5: line("\(fresh(.tensor)) = predict \(value(.tensor))")
    case 6: line("seed \(value(.whole))")
    default: line("print \(value(anyKind())), \(value(anyKind()))")
    }
  }

  /// The example of a page, with some of its numbers replaced.
  private mutating func example() {
    let text = random.pick(NameCatalog.standard.examples)
    for part in text.split(separator: "\n") {
      let text = String(part)
      line(random.once(in: 3) ? text.replacing("2", with: random.pick(BoundaryNumbers.expressions)) : text)
    }
  }
}
