#!/usr/bin/env node
import '../dist/cli/run-command-line.node.js';
