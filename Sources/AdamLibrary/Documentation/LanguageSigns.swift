// Pages of operators and signs, and the names of torch and of the ops that lead to them. A test holds
// that every sign of the grammar has a page or leads to one.

extension LanguageWords {
  /// What the four comparisons of order have in common.
  private static func order(source: String, see: [String]) -> Page {
    Page(
      "Numbers give true or false, tensors a tensor of them: `all` and `any` make one of it. "
        + "Comparisons do not chain: write `a < b and b < c`.",
      source: source, see: see)
  }

  static let operators: [LanguageWord] = [
    LanguageWord(
      "+", "operator", forms: ["A + B", "TEXT + TEXT"],
      "Adds numbers and tensors, joins strings.",
      example: "print 1 + 2, [1, 2] + tensor([10, 20]), \"a\" + \"b\"  # prints: 3 [11, 22] ab",
      page: Page(
        "Of two numbers a number; with a tensor or a list of numbers on a side, element by element, "
          + "and shapes stretch as in torch. Two lists are refused: `++` joins them, `tensor(a) + b` "
          + "adds.",
        source: "torch.add", see: ["-", "++", "sum"])),
    LanguageWord(
      "-", "operator", forms: ["A - B", "-A"],
      "Subtracts; in front of a value, negates.",
      example: "print 5 - 2, -[1, 2], -2 ^ 2  # prints: 3 [-1, -2] -4",
      page: Page(
        "Of two numbers a number; with a tensor or a list of numbers on a side, element by element, "
          + "and shapes stretch as in torch. `^` binds closer than the sign.",
        source: "torch.sub, torch.neg", see: ["+", "abs"])),
    LanguageWord(
      "*", "operator", forms: ["A * B"],
      "Multiplies numbers, tensors element by element.",
      example: "print 2 * 3, [1, 2] * 3  # prints: 6 [3, 6]",
      page: Page(
        "Of two numbers a number; with a tensor or a list of numbers on a side, element by element, "
          + "and shapes stretch as in torch. The matrix product is `@`.",
        source: "torch.mul", see: ["@", "/", "^"])),
    LanguageWord(
      "/", "operator", forms: ["A / B"],
      "Divides; whole numbers too give the exact quotient.",
      example: "print 7 / 2, [2, 4] / 2  # prints: 3.5 [1, 2]",
      page: Page(
        "Of two numbers a number; with a tensor or a list of numbers on a side, element by element, "
          + "and shapes stretch as in torch. Division of a number by zero is an error; tensors follow "
          + "IEEE.",
        source: "torch.div", see: ["%", "floor", "*"])),
    LanguageWord(
      "%", "operator", forms: ["A % B"],
      "The remainder, with the sign of the divisor.",
      example: "print 7 % 3, -7 % 3, [5, 6] % 4  # prints: 1 2 [1, 2]",
      page: Page(formula: "a - floor(a / b) b", source: "torch.remainder", see: ["/", "floor"])),
    LanguageWord(
      "@", "operator", forms: ["A @ B"],
      "The matrix product of tensors or lists of numbers.",
      example: """
        a = [[1, 2], [3, 4]]
        print a @ [[1], [1]]                        # prints: [[3], [7]]
        print (ones(5, 2, 3) @ ones(3, 4)).shape    # prints: [5, 2, 4]
        """,
      page: Page(
        "Stacks of matrices multiply as in torch.matmul: the axes before the last two count matrices "
          + "and stretch over each other. A vector on the left is a row, on the right a column, and its "
          + "axis is gone in the result.",
        shape: "[.., n, k], [.., k, m] → [.., n, m]", formula: "Σ_k a[.., i, k] b[.., k, j], in the order of k",
        source: "torch.matmul", see: ["*", "transpose", "linear"])),
    LanguageWord(
      "^", "operator", forms: ["A ^ B"],
      "Raises to a power; from the right, and closer than a sign in front.",
      example: "print 2 ^ 10, 2 ^ 3 ^ 2, [1, 2, 3] ^ 2  # prints: 1024 512 [1, 4, 9]",
      page: Page(
        "The exponents 2, 3, -1 and 0.5 are products, a quotient and a root, exactly.",
        source: "torch.pow", see: ["*", "sqrt", "exp"])),
    LanguageWord(
      "++", "operator", forms: ["A ++ B"],
      "Joins two lists, or two tuples.",
      example: "print [1, 2] ++ [3]  # prints: [1, 2, 3]",
      page: Page(
        "Strings join with `+`, tensors with `concat`.",
        see: ["+", "append", "concat"])),
    LanguageWord(
      "==", "operator", forms: ["A == B"],
      "Whether two values are equal.",
      example: "print 1 + 1 == 2, \"a\" == \"b\", tensor([1, 2]) == [1, 3]  # prints: true false [true, false]",
      page: Page(
        "Lists, records and strings compare whole, tensors element by element; values of different "
          + "kinds are refused, except `none`. Floats compare exactly: `close(a, b)` allows for rounding.",
        source: "torch.eq", see: ["!=", "close", "all"])),
    LanguageWord(
      "!=", "operator", forms: ["A != B"],
      "Whether two values differ.",
      example: "print 1 != 2, [1, 2] != [1, 2]  # prints: true false",
      page: Page(source: "torch.ne", see: ["==", "any"])),
    LanguageWord(
      "<", "operator", forms: ["A < B"],
      "Whether the left side is less.",
      example: "print 1 < 2, tensor([1, 5]) < 3  # prints: true [true, false]",
      page: order(source: "torch.lt", see: ["<=", ">", "=="])),
    LanguageWord(
      "<=", "operator", forms: ["A <= B"],
      "Whether the left side is less or equal.",
      example: "print 2 <= 2, tensor([1, 5]) <= 5  # prints: true [true, true]",
      page: order(source: "torch.le", see: ["<", ">=", "=="])),
    LanguageWord(
      ">", "operator", forms: ["A > B"],
      "Whether the left side is greater.",
      example: "print 1 > 2, tensor([1, 5]) > 3  # prints: false [false, true]",
      page: order(source: "torch.gt", see: [">=", "<", "where"])),
    LanguageWord(
      ">=", "operator", forms: ["A >= B"],
      "Whether the left side is greater or equal.",
      example: "print 2 >= 2, tensor([1, 5]) >= 5  # prints: true [false, true]",
      page: order(source: "torch.ge", see: [">", "<=", "=="])),
    LanguageWord(
      "...", "operator", forms: ["A...B", "X[A...]", "X[...B]"],
      "The whole numbers from A to B, B with them.",
      example: """
        for i in 1...3 { print i }
        print [10, 20, 30, 40][1...2]
        # prints: 1
        # prints: 2
        # prints: 3
        # prints: [20, 30]
        """,
      page: Page(
        "Inside an index an end may be left out, and negative numbers count from the end.",
        see: ["..<", "for", "["])),
    LanguageWord(
      "..<", "operator", forms: ["A..<B", "X[A..<B]", "X[..<B]"],
      "The whole numbers from A to B, without B.",
      example: """
        for i in 0..<2 { print i }
        print [10, 20, 30, 40][..<-1]
        # prints: 0
        # prints: 1
        # prints: [10, 20, 30]
        """,
      page: Page(
        "Inside an index an end may be left out, and negative numbers count from the end.",
        see: ["...", "for", "["])),
    LanguageWord(
      "|>", "operator", forms: ["VALUE |> F", "VALUE |> F(ARGUMENTS)"],
      "Hands a value to a function as its first argument.",
      example: "print [3, 1, 2] |> sorted |> map(fn(v) v * 10)  # prints: [10, 20, 30]",
      page: Page(
        "`x |> f(a)` is `f(x, a)`. A line may begin with it.",
        see: ["fn", "map", "split"])),
    LanguageWord(
      "=", "operator", forms: ["NAME = VALUE", "A, B = VALUES", "X[I] = VALUE"],
      "Binds a name; with names on the left, takes a tuple or list apart.",
      example: """
        a, b = (1, 2)
        xs = [0, 0]
        xs[1] = a + b
        print a, b, xs  # prints: 1 2 [0, 3]
        """,
      page: Page(
        "Lists, records and tensors are values: what is assigned is a copy. A name assigned in a "
          + "function is local to it.",
        see: ["==", "+=", "fn"])),
    LanguageWord(
      "+=", "operator", forms: ["NAME += VALUE", "X[I] += VALUE"],
      "Adds to a variable.",
      example: """
        n = 1
        n += 2
        print n  # prints: 3
        """,
      page: Page(see: ["=", "+"])),
    LanguageWord(
      "-=", "operator", forms: ["NAME -= VALUE", "X[I] -= VALUE"],
      "Subtracts from a variable.",
      example: """
        n = 5
        n -= 2
        print n  # prints: 3
        """,
      page: Page(see: ["=", "-"])),
    LanguageWord(
      "*=", "operator", forms: ["NAME *= VALUE", "X[I] *= VALUE"],
      "Multiplies a variable.",
      example: """
        n = 5
        n *= 2
        print n  # prints: 10
        """,
      page: Page(see: ["=", "*"])),
    LanguageWord(
      "/=", "operator", forms: ["NAME /= VALUE", "X[I] /= VALUE"],
      "Divides a variable.",
      example: """
        n = 5
        n /= 2
        print n  # prints: 2.5
        """,
      page: Page(see: ["=", "/"])),
    LanguageWord(
      "and", "operator", forms: ["A and B"], "True when both sides are true; the right one is looked at only then.",
      example: "print 1 < 2 and 2 < 3  # prints: true", page: Page(see: ["or", "not", "all"])),
    LanguageWord(
      "or", "operator", forms: ["A or B"], "True when one side is true; the right one is looked at only if needed.",
      example: "print 1 > 2 or 2 < 3  # prints: true", page: Page(see: ["and", "not", "any"])),
    LanguageWord(
      "not", "operator", forms: ["not A"], "True when A is false.",
      example: "print not 1 > 2  # prints: true", page: Page(see: ["and", "or"])),
    LanguageWord(
      "then", "operator", forms: ["SCHEDULE then SCHEDULE"], "One schedule of the learning rate after another.",
      example: "print warmup(100) then cosine(peak=0.1)  # prints: warmup(100) then cosine(peak=0.1)",
      page: Page(see: ["train", "warmup", "cosine", "epochs"])),
  ]

  static let punctuation: [LanguageWord] = [
    LanguageWord(
      "[", "sign", forms: ["[A, B, …]", "X[I]", "X[I, J]", "X[A..<B]", "[E for X in XS if C]"],
      "A list; behind a value, an element or a part of it.",
      example: """
        x = tensor([[1, 2, 3], [4, 5, 6]])
        print x[0], x[-1, 0], x[:, 1]     # prints: [1, 2, 3] 4 [2, 5]
        print x[:, 1...], x[:, ..<-1]     # prints: [[2, 3], [5, 6]] [[1, 2], [4, 5]]
        print [v * v for v in 1...3]      # prints: [1, 4, 9]
        """,
      page: Page(
        "Indices count from 0, negative ones from the end; `:` is a whole axis, a range a part of it, "
          + "a tensor of whole numbers picks rows. An index outside is an error. Of a model it gives "
          + "layers.",
        source: "torch.Tensor indexing", deviation: "ranges are `a..<b` and `a...b`; masks are `where`",
        see: ["..<", "...", ":", "where"])),
    LanguageWord(
      "(", "sign", forms: ["F(A, NAME=B)", "(A, B)", "(NAME=A, …)", "(A)"],
      "A call's arguments, a tuple, a record, or what is computed first.",
      example: """
        p = (x=1, y=2)
        print max(3, 4), (1, 2), p.y, (1 + 2) * 3  # prints: 4 (1, 2) 2 9
        """,
      page: Page(
        "A tuple of one is `(a,)`. A verb such as `print` may go without them: `print (1 + 2) * 3` "
          + "prints 9.",
        see: ["[", "{", ".", "fn"])),
    LanguageWord(
      "{", "sign", forms: ["if C { … }", "fn(X) { … }"],
      "A block of statements; its last expression is its value.",
      example: """
        f = fn(x) {
          y = x + 1
          y * 2
        }
        print f(1)  # prints: 4
        """,
      page: Page(
        "Braces are always blocks: a record is `(a=1, b=2)`. Inside a string, `{…}` holds an "
          + "expression.",
        see: ["(", "if", "fn", "\""])),
    LanguageWord(
      ".", "sign", forms: ["VALUE.FIELD", "VALUE.F(ARGUMENTS)"],
      "A field of a value, or a function called on it.",
      example: """
        r = (a=1, b=(2, 3))
        print r.a, r.b.1, [3, 1].sorted()  # prints: 1 3 [1, 3]
        """,
      page: Page(
        "`v.f(a)` is the field `f` if `v` has one, else `f(v, a)`. Digits pick elements and layers: "
          + "`model.0.weight`.",
        see: ["|>", "[", "("])),
    LanguageWord(
      ",", "sign", forms: ["A, B"],
      "Stands between arguments, elements and targets.",
      example: """
        a, b = (1, 2)
        print a, b  # prints: 1 2
        """,
      page: Page(
        "A statement goes on behind it on the next line.",
        see: ["(", "[", "="])),
    LanguageWord(
      ":", "sign", forms: ["X[:, I]", "\"{VALUE:FORMAT}\""],
      "In an index a whole axis; in a string what follows is the format.",
      example: """
        x = [[1, 2], [3, 4]]
        print tensor(x)[:, 0], "{3.14159:.2f}"  # prints: [1, 3] 3.14
        """,
      page: Page(
        "Ranges of an index are `1..<5`.",
        see: ["[", "..<", "\""])),
    LanguageWord(
      ";", "sign", forms: ["STATEMENT; STATEMENT"],
      "Ends a statement, as a line's end does.",
      example: "a = 1; b = 2; print a + b  # prints: 3",
      page: Page(
        "As the last sign of an entry at the prompt it hides the value.",
        see: ["{", "print"])),
    LanguageWord(
      "\"", "sign", forms: ["\"TEXT {VALUE} {VALUE:FORMAT}\""],
      "A string; braces inside hold expressions.",
      example: """
        x = 2
        print "x is {x}, half of it {x / 2:.2f}, a brace \\{"  # prints: x is 2, half of it 1.00, a brace {
        """,
      page: Page(
        "A format is `[[fill]<>^][+][0][width][,][.precision][dfeg%sx]`. A string ends on its line; "
          + "`\\n`, `\\t`, `\\\"` and `\\{` are signs of their own.",
        see: ["str", "print", ":"])),
    LanguageWord(
      "#", "sign", forms: ["# WORDS"],
      "What follows on the line is a comment.",
      example: "print 1  # prints: 1",
      page: Page(see: [";"])),
  ]

  /// Words without a page of their own, with the page that says what to write.
  package static let leads: [String: String] = [
    "matmul": "@", "mm": "@", "bmm": "@", "slice": "[", "index_select": "[", "add": "+", "sub": "-", "neg": "-",
    "mul": "*", "div": "/", "remainder": "%", "pow": "^", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">",
    "ge": ">=", "logical_and": "and", "logical_or": "or", "logical_not": "not", "epoch": "on", "step": "on",
    "steps": "train", ")": "(", "]": "[", "}": "{", "[]": "[", "()": "(", "{}": "{", "index": "[", "indexing": "[",
  ]
}
