extension Interpreter {
    /// How a body ended.
    enum Flow {
        case on
        case leaveLoop
        case continueLoop
    }

    func run(_ body: [Statement], _ scope: Scope) throws(ChatTemplateError) -> Flow {
        for statement in body {
            let flow = try run(statement, scope)
            if flow != .on { return flow }
        }
        return .on
    }

    private func run(_ statement: Statement, _ scope: Scope) throws(ChatTemplateError) -> Flow {
        try enter()
        defer { leave() }
        switch statement {
        case .text(let text): try write(text)
        case .output(let expression, let line):
            self.line = line
            try write(try string(try evaluate(expression, scope)))
        case .set(let target, let expression, let line):
            self.line = line
            try assign(try evaluate(expression, scope), to: target, scope)
        case .setBlock(let target, let filters, let body, let line): try setBlock(target, filters, body, line, scope)
        case .conditional(let branches, let otherwise): return try run(branches, otherwise, scope)
        case .loop(let loop): return try run(loop, scope)
        case .macro(let macro):
            scope.names[macro.name] = .macro(macros.count)
            macros.append(MacroValue(macro: macro, scope: scope))
        case .call(let block): try run(block, scope)
        case .filter(let filters, let body, let line):
            let (text, flow) = try captured(body, Scope(in: scope))
            self.line = line
            try write(try string(try apply(filters, to: .string(text), scope)))
            return flow
        case .with(let values, let body, let line):
            self.line = line
            let inner = Scope(in: scope)
            for (target, expression) in values { try assign(try evaluate(expression, scope), to: target, inner) }
            return try run(body, inner)
        case .generation(let body): return try run(body, Scope(in: scope))
        case .leaveLoop: return .leaveLoop
        case .continueLoop: return .continueLoop
        }
        return .on
    }

    func write(_ text: Text) throws(ChatTemplateError) {
        try charge(text: text.count)
        guard output.count + text.count <= limits.textLength else {
            throw failure(.limit, "an output of more than \(limits.textLength) characters")
        }
        output.units += text.units
    }

    /// What a body writes.
    func captured(_ body: [Statement], _ scope: Scope) throws(ChatTemplateError) -> (Text, Flow) {
        let outer = output
        output = Text()
        let flow: Flow
        do throws(ChatTemplateError) {
            flow = try run(body, scope)
        } catch {
            output = outer
            throw error
        }
        defer { output = outer }
        return (output, flow)
    }

    private func run(
        _ branches: [Statement.Branch], _ otherwise: [Statement], _ scope: Scope
    ) throws(ChatTemplateError) -> Flow {
        for branch in branches {
            line = branch.line
            if isTrue(try evaluate(branch.condition, scope)) { return try run(branch.body, scope) }
        }
        return try run(otherwise, scope)
    }

    private func setBlock(
        _ target: Target, _ filters: [Postfix], _ body: [Statement], _ line: Int, _ scope: Scope
    ) throws(ChatTemplateError) {
        // Leaving a loop from inside such a block is not run: nobody writes it.
        let (text, flow) = try captured(body, Scope(in: scope))
        self.line = line
        guard flow == .on else { throw failure(.unsupported, "a loop is left inside a block that is assigned") }
        try assign(try apply(filters, to: .string(text), scope), to: target, scope)
    }

    func assign(_ value: Value, to target: Target, _ scope: Scope) throws(ChatTemplateError) {
        switch target {
        case .name(let name): scope.names[name] = value
        case .member(let name, let member):
            guard case .namespace(let place)? = lookUp(name, scope) else {
                throw failure(.type, "'\(name)' is no namespace, and its members cannot be assigned to")
            }
            try setMember(member, of: place, value)
        case .tuple(let targets):
            let items = try array(value)
            guard items.count == targets.count else {
                throw failure(.value, "\(items.count) values for \(targets.count) names")
            }
            for (target, item) in zip(targets, items) { try assign(item, to: target, scope) }
        }
    }

    func setMember(_ name: String, of place: Int, _ value: Value) throws(ChatTemplateError) {
        guard !name.hasPrefix("_") else {
            throw failure(
                .unsupported, "a namespace has no member '\(name)': its names do not begin with an underscore")
        }
        namespaces[place][name] = value
    }

    // MARK: Loops

    private func run(_ loop: Statement.Loop, _ scope: Scope) throws(ChatTemplateError) -> Flow {
        line = loop.line
        let iterable = try evaluate(loop.iterable, scope)
        try run(loop, over: iterable, depth0: 0, scope)
        return .on
    }

    /// Runs a loop over values.
    ///
    /// - Parameter depth0: How many times it is inside itself.
    func run(
        _ loop: Statement.Loop, over iterable: Value, depth0: Int, _ scope: Scope
    ) throws(ChatTemplateError) {
        var iterator = try elements(iterable)
        var length: Int?
        if let condition = loop.condition {
            iterator = filtered(iterator, loop.target, condition, scope)
        } else if case .iterator = iterable {
        } else {
            length = try self.length(iterable)
        }
        let place = loops.count
        loops.append(
            LoopState(iterator, length: length, depth0: depth0, recursion: loop.isRecursive ? (loop, scope) : nil))
        // As in Jinja, only an iteration that comes to its end keeps `else` from running.
        var hasCompleted = false
        loop: while let value = try advance(place) {
            let inner = Scope(in: scope)
            inner.names["loop"] = .loop(place)
            try assign(value, to: loop.target, inner)
            switch try run(loop.body, inner) {
            case .on: hasCompleted = true
            case .continueLoop: break
            case .leaveLoop: break loop
            }
        }
        if !hasCompleted { _ = try run(loop.otherwise, Scope(in: scope)) }
    }

    /// Draws the next element; what it runs may use the table of loops itself.
    private func advance(_ place: Int) throws(ChatTemplateError) -> Value? {
        var state = loops[place]
        defer { loops[place] = state }
        return try state.next(self)
    }

    private func filtered(
        _ iterator: ValueIterator, _ target: Target, _ condition: Expression, _ scope: Scope
    ) -> ValueIterator {
        ValueIterator(depth: iterator.depth) { (interpreter) throws(ChatTemplateError) in
            while let value = try iterator.next(interpreter) {
                let inner = Scope(in: scope)
                try interpreter.assign(value, to: target, inner)
                if interpreter.isTrue(try interpreter.evaluate(condition, inner)) { return value }
            }
            return nil
        }
    }
}
