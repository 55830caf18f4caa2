# Everything here needs a Swift toolchain and nothing else, except `parity` with PEERS=FOLDER (see CONTRIBUTING.md).

SEED ?= 1
COUNT ?= 200
PREFIX ?= /usr/local
SWIFT ?= swift
RELEASE = $(SWIFT) build -c release
# The scalar of every tensor is Double in this build, which holds gradients to 1e-7 of central differences.
DOUBLE = RECURRENT_SCALAR=double RECURRENT_TOP_ROOM=RecurrentTraining $(SWIFT) test -c release --scratch-path .build/double
STRICT = RECURRENT_STRICT=1 $(SWIFT) test -c release --scratch-path .build/strict

.PHONY: build demo test gradients check lint docs reference parity mutants fuzz accept install clean

build:
	$(RELEASE) --product recurrent

demo: build
	@"$$($(RELEASE) --show-bin-path)/recurrent" demo

test: gradients
	$(SWIFT) test -c release

gradients:
	$(DOUBLE)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Examples Benchmarks Experiments
	scripts/check-size
	scripts/check-imports
	scripts/mutants/run --check

check: lint gradients
	$(STRICT)
	scripts/documentation/build .build/strict/release
	scripts/documentation/check .build/strict/release/recurrent

docs:
	$(RELEASE)
	scripts/documentation/build "$$($(RELEASE) --show-bin-path)"
	scripts/documentation/check "$$($(RELEASE) --show-bin-path)/recurrent"

reference: build
	scripts/documentation/reference "$$($(RELEASE) --show-bin-path)/recurrent"

parity:
	scripts/parity/run $(SEED) $(COUNT)

mutants:
	scripts/mutants/run

fuzz:
	scripts/accept forecast.8 SEED=$(SEED)

accept:
	scripts/accept SEED=$(SEED)

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 "$$($(RELEASE) --show-bin-path)/recurrent" "$(DESTDIR)$(PREFIX)/bin/recurrent"
	install -d "$(DESTDIR)$(PREFIX)/share/recurrent/Data"
	install -m 644 Data/monthly-sunspots.csv "$(DESTDIR)$(PREFIX)/share/recurrent/Data/monthly-sunspots.csv"

clean:
	rm -rf .build
