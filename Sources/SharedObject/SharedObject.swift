// No code: this target carries the link flags of libwabiz.so (Package.swift says why they live here).
