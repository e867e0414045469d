# Builds, stages, installs and tests wabiz. `make help` lists what there is to make.

SWIFT  ?= swift
JOBS   ?= 2
PREFIX ?= /usr/local
BUILD  := build

VERSION   := $(shell sed -n 's/^\#define WABIZ_VERSION "\(.*\)"/\1/p' include/wabiz.h)
SOVERSION := $(firstword $(subst ., ,$(VERSION)))
LIBRARY   := libwabiz.so.$(VERSION)

# One set of flags for both products, so that the second build finds the modules of the first. Without a run path of its own the
# library looks for others where the system does. FASTER is for what is built here alone: a package with such flags of its own could be
# nobody's dependency. A send needs 3 % fewer instructions without the checks that no two accesses to one variable overlap (the tests
# run with them), and where small functions of one module are compiled into the others. Functions in sections of their own can be laid
# beside each other (include/wabiz.order) or left out: 200 KB less; the linker folds equal ones, and LLVM's own pass for it would leave
# some without a name, by which they could be laid.
FASTER      = -Xswiftc -enforce-exclusivity=unchecked -Xswiftc -cross-module-optimization -Xswiftc -Xfrontend -Xswiftc -function-sections \
              -Xswiftc -Xfrontend -Xswiftc -disable-llvm-merge-functions-pass
SWIFT_BUILD = $(SWIFT) build -c release -j $(JOBS) --static-swift-stdlib --disable-local-rpath $(FASTER)

# What a target runs may be missing in this version: say so in place of make's own words.
needs = { test -x $(1) || { echo "This version has no $(1)." >&2; exit 1; }; }

.DEFAULT_GOAL := all
.PHONY: all library command stage install examples setup test demo lint fuzz soak tsan bench clean help

all: stage  ## build the library and the command, stage an installable tree under build/

# Swift sees neither that flags for LLVM have changed nor that the linker's own files have: what they made goes.
library:
	@scripts/setup --check
	@mkdir -p .build
	@echo '$(FASTER)' | cmp -s - .build/faster || { rm -f .build/release/*.build/*.o && echo '$(FASTER)' > .build/faster; }
	@test -z "$$(find include/wabiz.order include/wabiz.map Sources/SharedObject -newer .build/release/libwabiz.so 2>&1)" || rm -f .build/release/libwabiz.so
	$(SWIFT_BUILD) --product wabiz

command: library
	$(SWIFT_BUILD) --product wabiz-command

# A file is replaced, not written over: a process that has it mapped keeps the old one.
stage: library command
	install -d $(BUILD)/lib/pkgconfig $(BUILD)/lib/cmake/wabiz $(BUILD)/include $(BUILD)/bin
	find $(BUILD)/lib -maxdepth 1 -name 'libwabiz.so.*.*' ! -name $(LIBRARY) -delete
	strip -o $(BUILD)/lib/.new .build/release/libwabiz.so && mv -f $(BUILD)/lib/.new $(BUILD)/lib/$(LIBRARY)
	ln -sf $(LIBRARY) $(BUILD)/lib/libwabiz.so.$(SOVERSION)
	ln -sf libwabiz.so.$(SOVERSION) $(BUILD)/lib/libwabiz.so
	strip -o $(BUILD)/bin/.new .build/release/wabiz-command && mv -f $(BUILD)/bin/.new $(BUILD)/bin/wabiz
	install -m 644 include/wabiz.h $(BUILD)/include/wabiz.h
	sed 's/@VERSION@/$(VERSION)/' bindings/c/wabiz.pc.in > $(BUILD)/lib/pkgconfig/wabiz.pc
	for file in wabiz-config wabiz-config-version; do \
	  sed 's/@VERSION@/$(VERSION)/; s/@SOVERSION@/$(SOVERSION)/' bindings/c/$$file.cmake.in \
	    > $(BUILD)/lib/cmake/wabiz/$$file.cmake; done
	@echo "Staged wabiz $(VERSION) in $(BUILD)/: lib, include, bin. Next: make demo, make test or make install."

# Does not depend on `all`: under sudo there is often no Swift, and what was staged is what goes in.
install:  ## install the staged tree: PREFIX=/usr/local DESTDIR=
	@test -e $(BUILD)/lib/libwabiz.so || { echo "Nothing is staged yet: run make first." >&2; exit 1; }
	install -d "$(DESTDIR)$(PREFIX)"
	tar -C $(BUILD) -cf - lib include bin | tar -C "$(DESTDIR)$(PREFIX)" --no-same-owner -xf -
	@echo "Installed wabiz $(VERSION) under $(DESTDIR)$(PREFIX). When programs do not find libwabiz.so.0: sudo ldconfig"

examples: $(BUILD)/examples/send $(BUILD)/examples/send_many $(BUILD)/examples/receive  ## build the C examples against the staged tree

$(BUILD)/examples/%: examples/c/%.c include/wabiz.h
	@test -e $(BUILD)/lib/libwabiz.so || { echo "Nothing is staged yet: run make first." >&2; exit 1; }
	@install -d $(@D)
	$(CC) -std=gnu99 -O2 -Wall -Wextra -Werror $< -o $@ -Wl,-rpath,'$$ORIGIN/../lib' \
	  $$(PKG_CONFIG_PATH=$(BUILD)/lib/pkgconfig pkg-config --cflags --libs wabiz jansson libmicrohttpd)

setup:  ## install what building and testing need (Debian: apt-get, with sudo when not root)
	@scripts/setup

test: setup  ## run every test, with one closing line per runner
	@JOBS=$(JOBS) scripts/test

demo: setup  ## send every sample through the sandbox from C, Python and Swift, and show what came back
	@$(MAKE) --no-print-directory all examples
	@examples/demo/run

lint:  ## check the rules of the house: imports, traps, names, comments
	@scripts/lint

fuzz:  ## fuzz for a long time (MINUTES=30)
	@$(call needs,Tests/Fuzz/run) && Tests/Fuzz/run long

soak: all  ## send and receive for ten minutes (SECONDS=600), watching memory, descriptors and what the servers count; kill senders 1,000 times
	@Tests/Soak/run $(or $(SECONDS),600) $(SEED)
	@Tests/Outbox/run $(or $(KILLS),1000) $(SEED)

tsan: setup  ## run two handles on two threads under ThreadSanitizer, against servers that fail
	@JOBS=$(JOBS) Tests/Faults/tsan

bench:  ## measure against bare libcurl, bare Jansson and peers, in one run each
	@for run in Benchmarks/*/run; do echo "== $$run"; $$run || exit 1; done

clean:  ## remove everything that was built
	rm -rf $(BUILD) .build

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18
