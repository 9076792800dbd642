;; What stands between the box and CPython: four entries for the host, and for the guest's Python three functions and a type.
;; Addresses of texts are given by link.py, which puts {{...}} in place: every text is a constant of this file.
(module
  (import "base" "memory" (memory 1))
  (import "base" "__indirect_function_table" (table 1 funcref))
  (import "base" "__stack_pointer" (global $stack (mut i32)))
  (import "host" "log" (func $host_log (param i32 i32 i32)))
  (import "host" "colop" (func $host_colop (param i32)))
  (import "c" "malloc" (func $malloc (param i32) (result i32)))
  (import "c" "free" (func $free (param i32)))
  (import "python" "PyInitConfig_Create" (func $config_new (result i32)))
  (import "python" "PyInitConfig_SetInt" (func $config_int (param i32 i32 i64) (result i32)))
  (import "python" "PyInitConfig_SetStr" (func $config_text (param i32 i32 i32) (result i32)))
  (import "python" "PyInitConfig_SetStrList" (func $config_texts (param i32 i32 i32 i32) (result i32)))
  (import "python" "Py_InitializeFromInitConfig" (func $start_python (param i32) (result i32)))
  (import "python" "PyInitConfig_GetError" (func $config_error (param i32 i32) (result i32)))
  (import "c" "strlen" (func $length (param i32) (result i32)))
  (import "python" "PyInitConfig_Free" (func $config_free (param i32)))
  (import "python" "PyImport_AddModule" (func $add_module (param i32) (result i32)))
  (import "python" "PyImport_ImportModule" (func $import_module (param i32) (result i32)))
  (import "python" "PyCFunction_NewEx" (func $new_function (param i32 i32 i32) (result i32)))
  (import "python" "PyObject_SetAttrString" (func $set_attribute (param i32 i32 i32) (result i32)))
  (import "python" "PyObject_GetAttrString" (func $get_attribute (param i32 i32) (result i32)))
  (import "python" "PyObject_Vectorcall" (func $call_object (param i32 i32 i32 i32) (result i32)))
  (import "python" "Py_DecRef" (func $drop (param i32)))
  (import "python" "PyBytes_FromStringAndSize" (func $new_bytes (param i32 i32) (result i32)))
  (import "python" "PyBytes_AsStringAndSize" (func $bytes_parts (param i32 i32 i32) (result i32)))
  (import "python" "PyUnicode_AsUTF8AndSize" (func $utf8_parts (param i32 i32) (result i32)))
  (import "python" "PyLong_FromLong" (func $new_int (param i32) (result i32)))
  (import "python" "PyLong_AsUnsignedLongMask" (func $as_int (param i32) (result i32)))
  (import "python" "PyFloat_FromDouble" (func $new_float (param f64) (result i32)))
  (import "python" "PyFloat_AsDouble" (func $as_float (param i32) (result f64)))
  (import "python" "PyErr_Occurred" (func $failed (result i32)))
  (import "python" "PyErr_BadArgument" (func $bad_argument (result i32)))
  (import "python" "PyErr_Clear" (func $clear_error))
  (import "python" "PyErr_Print" (func $print_error))
  (import "python" "PyType_FromSpec" (func $new_type (param i32) (result i32)))
  (import "python" "PyUnicode_InternFromString" (func $new_name (param i32) (result i32)))
  (import "python" "PyObject_VectorcallMethod" (func $call_method (param i32 i32 i32 i32) (result i32)))
  (import "python" "PyObject_GetBuffer" (func $get_buffer (param i32 i32 i32) (result i32)))
  (import "python" "PyList_Size" (func $list_size (param i32) (result i32)))
  (import "python" "PyList_GetItem" (func $list_item (param i32 i32) (result i32)))
  (import "python" "PyObject_GC_UnTrack" (func $untrack (param i32)))
  (import "python" "PyBuffer_Release" (func $release_buffer (param i32)))

  (global $boot (mut i32) (i32.const 0))
  (global $call (mut i32) (i32.const 0))
  (global $column (mut i32) (i32.const 0))
  (global $read_lane (mut i32) (i32.const 0))
  (global $write_lane (mut i32) (i32.const 0))
  ;; {{answer}} holds the bytes object that the host still reads: in memory, so that memory is all of a guest's state.

  ;; Where the host writes a message of up to {{message_bytes}} bytes; a longer one it allocates.
  (global (export "message") i32 (i32.const {{message}}))

  (elem (i32.const {{slots}}) $guest_log $guest_colop $guest_places $get_lane $set_lane $guest_keep)

  ;; _box.log(level: int, text: str) -> int
  (func $guest_log (param $self i32) (param $args i32) (param $count i32) (result i32)
    (local $level i32) (local $text i32)
    (if (i32.ne (local.get $count) (i32.const 2)) (then (drop (call $bad_argument)) (return (i32.const 0))))
    (local.set $level (call $as_int (i32.load (local.get $args))))
    (if (call $failed) (then (return (i32.const 0))))
    (local.set $text (call $utf8_parts (i32.load offset=4 (local.get $args)) (i32.const {{scratch}})))
    (if (i32.eqz (local.get $text)) (then (return (i32.const 0))))
    (call $host_log (local.get $level) (local.get $text) (i32.load (i32.const {{scratch}})))
    (call $new_int (i32.const 0)))

  ;; _box.colop(op: int, dst: int, a: int, b: int, n: int, k: float) -> float
  ;; The host is given the address of all six, and puts its answer behind them: one number crosses instead of seven.
  (func $guest_colop (param $self i32) (param $args i32) (param $count i32) (result i32)
    (if (i32.ne (local.get $count) (i32.const 6)) (then (drop (call $bad_argument)) (return (i32.const 0))))
    (i32.store (i32.const {{operation}}) (call $as_int (i32.load (local.get $args))))
    (i32.store offset=4 (i32.const {{operation}}) (call $as_int (i32.load offset=4 (local.get $args))))
    (i32.store offset=8 (i32.const {{operation}}) (call $as_int (i32.load offset=8 (local.get $args))))
    (i32.store offset=12 (i32.const {{operation}}) (call $as_int (i32.load offset=12 (local.get $args))))
    (i32.store offset=16 (i32.const {{operation}}) (call $as_int (i32.load offset=16 (local.get $args))))
    (f64.store offset=24 (i32.const {{operation}}) (call $as_float (i32.load offset=20 (local.get $args))))
    (if (call $failed) (then (return (i32.const 0))))
    (call $host_colop (i32.const {{operation}}))
    (call $new_float (f64.load offset=32 (i32.const {{operation}}))))

  ;; _box.Place: where an entity lies. `row` says where its numbers are in the column of places, x, y and z are these numbers.
  ;;   struct { PyObject head; uint64_t id; unsigned row; }
  ;; What lies beyond the column, and what is no plain number near by, goes to the methods _read_lane(lane) and
  ;; _write_lane(lane, value) of the type that inherits from this one.
  ;; {{places}}: how many rows may be read, how many may be written, and where they lie: lane after lane of 32-bit floats.

  (func $get_lane (param $self i32) (param $lane i32) (result i32)
    (local $row i32) (local $rows i32)
    (local.set $row (i32.load offset=16 (local.get $self)))
    (local.set $rows (i32.load (i32.const {{places}})))
    (if (i32.ge_u (local.get $row) (local.get $rows))
      (then (return (call $ask (global.get $read_lane) (local.get $self) (local.get $lane) (i32.const 0)))))
    (call $new_float (f64.promote_f32 (f32.load (call $number_at (local.get $row) (local.get $lane) (local.get $rows))))))

  (func $set_lane (param $self i32) (param $value i32) (param $lane i32) (result i32)
    (local $row i32) (local $rows i32) (local $kind i32) (local $number f64)
    (if (i32.eqz (local.get $value)) (then (drop (call $bad_argument)) (return (i32.const -1))))  ;; del entity.x
    (local.set $row (i32.load offset=16 (local.get $self)))
    (local.set $rows (i32.load offset=4 (i32.const {{places}})))
    (local.set $kind (i32.load offset=4 (local.get $value)))
    (if (i32.lt_u (local.get $row) (local.get $rows))
      (then
        (local.set $number (f64.const inf))
        (if (i32.eq (local.get $kind) (i32.const {{&PyFloat_Type}}))
          (then (local.set $number (f64.load offset=8 (local.get $value)))))
        (if (i32.eq (local.get $kind) (i32.const {{&PyLong_Type}}))
          (then
            (local.set $number (call $as_float (local.get $value)))
            (if (f64.eq (local.get $number) (f64.const -1))
              (then (if (call $failed) (then (call $clear_error) (local.set $number (f64.const inf))))))))
        (if (f64.le (f64.abs (local.get $number)) (f64.const 512))  ;; half a cell; never true of what is no number
          (then
            (f32.store (call $number_at (local.get $row) (local.get $lane) (local.get $rows)) (f32.demote_f64 (local.get $number)))
            (return (i32.const 0))))))
    (local.set $value (call $ask (global.get $write_lane) (local.get $self) (local.get $lane) (local.get $value)))
    (if (i32.eqz (local.get $value)) (then (return (i32.const -1))))
    (call $drop (local.get $value))
    (i32.const 0))

  (func $number_at (param $row i32) (param $lane i32) (param $rows i32) (result i32)
    (i32.add (i32.load offset=8 (i32.const {{places}}))
      (i32.shl (i32.add (local.get $row) (i32.mul (local.get $lane) (local.get $rows))) (i32.const 2))))

  ;; self.NAME(lane), or self.NAME(lane, value)
  (func $ask (param $name i32) (param $self i32) (param $lane i32) (param $value i32) (result i32)
    (local $arguments i32) (local $found i32)
    (local.set $arguments (i32.sub (global.get $stack) (i32.const 16)))
    (global.set $stack (local.get $arguments))
    (i32.store (local.get $arguments) (local.get $self))
    (i32.store offset=4 (local.get $arguments) (call $new_int (local.get $lane)))  ;; so small a number is never made or dropped
    (i32.store offset=8 (local.get $arguments) (local.get $value))
    (local.set $found (call $call_method (local.get $name) (local.get $arguments)
      (select (i32.const 3) (i32.const 2) (local.get $value)) (i32.const 0)))
    (global.set $stack (i32.add (local.get $arguments) (i32.const 16)))
    (local.get $found))

  ;; _box.places(column: array of "f", rows: int, can_write: int) -> int
  ;; The column is held until another one is named: while it is, Python neither moves nor frees its numbers.
  (func $guest_places (param $self i32) (param $args i32) (param $count i32) (result i32)
    (local $rows i32) (local $can_write i32) (local $format i32)
    (if (i32.ne (local.get $count) (i32.const 3)) (then (drop (call $bad_argument)) (return (i32.const 0))))
    (local.set $rows (call $as_int (i32.load offset=4 (local.get $args))))
    (local.set $can_write (call $as_int (i32.load offset=8 (local.get $args))))
    (if (call $failed) (then (return (i32.const 0))))
    (call $let_places_go)
    (if (call $get_buffer (i32.load (local.get $args)) (i32.const {{view}}) (i32.const 5))  ;; PyBUF_WRITABLE | PyBUF_FORMAT
      (then (return (i32.const 0))))
    (local.set $format (i32.load offset=24 (i32.const {{view}})))
    (if (i32.or (i32.eqz (local.get $format)) (i32.ne (i32.load offset=12 (i32.const {{view}})) (i32.const 4)))
      (then (call $let_places_go) (drop (call $bad_argument)) (return (i32.const 0))))
    (if (i32.or (i32.ne (i32.load16_u align=1 (local.get $format)) (i32.const 0x66))  ;; "f"
          (i64.lt_u (i64.extend_i32_u (i32.load offset=8 (i32.const {{view}})))
            (i64.mul (i64.extend_i32_u (local.get $rows)) (i64.const 12))))
      (then (call $let_places_go) (drop (call $bad_argument)) (return (i32.const 0))))
    (i32.store offset=8 (i32.const {{places}}) (i32.load (i32.const {{view}})))
    (i32.store (i32.const {{places}}) (local.get $rows))
    (i32.store offset=4 (i32.const {{places}}) (select (local.get $rows) (i32.const 0) (local.get $can_write)))
    (call $new_int (i32.const 0)))

  (func $let_places_go
    (i64.store (i32.const {{places}}) (i64.const 0))
    (call $release_buffer (i32.const {{view}})))

  (func $add_lane (param $at i32) (param $name i32) (param $lane i32)
    (i32.store (local.get $at) (local.get $name))
    (i32.store offset=4 (local.get $at) (i32.add (i32.const {{slots}}) (i32.const 3)))
    (i32.store offset=8 (local.get $at) (i32.add (i32.const {{slots}}) (i32.const 4)))
    (i32.store offset=16 (local.get $at) (local.get $lane)))

  (func $add_place (param $module i32)
    (global.set $read_lane (call $must (call $new_name (i32.const {{"_read_lane"}}))))
    (global.set $write_lane (call $must (call $new_name (i32.const {{"_write_lane"}}))))
    (call $add_lane (i32.const {{lanes}}) (i32.const {{"x"}}) (i32.const 0))
    (call $add_lane (i32.add (i32.const {{lanes}}) (i32.const 20)) (i32.const {{"y"}}) (i32.const 1))
    (call $add_lane (i32.add (i32.const {{lanes}}) (i32.const 40)) (i32.const {{"z"}}) (i32.const 2))
    (i32.store (i32.const {{members}}) (i32.const {{"id"}}))
    (i32.store offset=4 (i32.const {{members}}) (i32.const 18))  ;; Py_T_ULONGLONG
    (i32.store offset=8 (i32.const {{members}}) (i32.const 8))
    (i32.store offset=20 (i32.const {{members}}) (i32.const {{"row"}}))
    (i32.store offset=24 (i32.const {{members}}) (i32.const 11))  ;; Py_T_UINT
    (i32.store offset=28 (i32.const {{members}}) (i32.const 16))
    (i32.store (i32.const {{parts}}) (i32.const 72))  ;; Py_tp_members
    (i32.store offset=4 (i32.const {{parts}}) (i32.const {{members}}))
    (i32.store offset=8 (i32.const {{parts}}) (i32.const 73))  ;; Py_tp_getset
    (i32.store offset=12 (i32.const {{parts}}) (i32.const {{lanes}}))
    (i32.store (i32.const {{spec}}) (i32.const {{"_box.Place"}}))
    (i32.store offset=4 (i32.const {{spec}}) (i32.const 24))
    (i32.store offset=12 (i32.const {{spec}}) (i32.const 0x40500))  ;; with versions, may be inherited from, cannot be changed
    (i32.store offset=16 (i32.const {{spec}}) (i32.const {{parts}}))
    (drop (call $set_attribute (local.get $module) (i32.const {{"Place"}}) (call $must (call $new_type (i32.const {{spec}}))))))

  ;; _box.keep(objects: list) -> int; only while the image is made
  ;; Objects of the snapshot live for ever, and whoever collects garbage passes them by: so their pages are never written, and
  ;; all mods share them. Their count is _Py_IMMORTAL_INITIAL_REFCNT.
  (func $guest_keep (param $self i32) (param $args i32) (param $count i32) (result i32)
    (local $left i32) (local $object i32)
    (local.set $left (call $list_size (i32.load (local.get $args))))
    (block $done
      (loop $next
        (br_if $done (i32.le_s (local.get $left) (i32.const 0)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (local.set $object (call $list_item (i32.load (local.get $args)) (local.get $left)))
        (call $untrack (local.get $object))
        (i32.store (local.get $object) (i32.const 0x50000000))
        (br $next)))
    (call $new_int (i32.const 0)))

  (func $must (param $object i32) (result i32)
    (if (i32.eqz (local.get $object)) (then (call $print_error) unreachable))
    (local.get $object))

  (func $add_function (param $module i32) (param $definition i32)
    (drop (call $set_attribute (local.get $module) (i32.load (local.get $definition))
      (call $must (call $new_function (local.get $definition) (i32.const 0) (i32.const 0))))))

  ;; Starts Python; the build calls it once, before the snapshot. 0, or the step that failed.
  (func (export "prepare") (result i32)
    (local $config i32) (local $module i32)
    (local.set $config (call $config_new))
    (drop (call $config_int (local.get $config) (i32.const {{"use_hash_seed"}}) (i64.const 1)))
    (drop (call $config_int (local.get $config) (i32.const {{"hash_seed"}}) (i64.const 0)))
    (drop (call $config_int (local.get $config) (i32.const {{"site_import"}}) (i64.const 0)))
    (drop (call $config_int (local.get $config) (i32.const {{"write_bytecode"}}) (i64.const 0)))
    (drop (call $config_int (local.get $config) (i32.const {{"install_signal_handlers"}}) (i64.const 0)))
    (drop (call $config_int (local.get $config) (i32.const {{"pathconfig_warnings"}}) (i64.const 0)))
    (drop (call $config_text (local.get $config) (i32.const {{"home"}}) (i32.const {{"/"}})))
    (i32.store (i32.const {{scratch}}) (i32.const {{"/lib.zip"}}))
    (drop (call $config_texts (local.get $config) (i32.const {{"module_search_paths"}}) (i32.const 1) (i32.const {{scratch}})))
    (if (i32.lt_s (call $start_python (local.get $config)) (i32.const 0))
      (then
        (drop (call $config_error (local.get $config) (i32.const {{scratch}})))
        (call $host_log (i32.const 3) (i32.load (i32.const {{scratch}})) (call $length (i32.load (i32.const {{scratch}}))))
        (return (i32.const 1))))
    (call $config_free (local.get $config))
    (local.set $module (call $must (call $add_module (i32.const {{"_box"}}))))
    (i32.store (i32.const {{log_def}}) (i32.const {{"log"}}))
    (i32.store offset=4 (i32.const {{log_def}}) (i32.const {{slots}}))
    (i32.store offset=8 (i32.const {{log_def}}) (i32.const 0x80))
    (i32.store (i32.const {{colop_def}}) (i32.const {{"colop"}}))
    (i32.store offset=4 (i32.const {{colop_def}}) (i32.add (i32.const {{slots}}) (i32.const 1)))
    (i32.store offset=8 (i32.const {{colop_def}}) (i32.const 0x80))
    (call $add_function (local.get $module) (i32.const {{log_def}}))
    (i32.store (i32.const {{places_def}}) (i32.const {{"places"}}))
    (i32.store offset=4 (i32.const {{places_def}}) (i32.add (i32.const {{slots}}) (i32.const 2)))
    (i32.store offset=8 (i32.const {{places_def}}) (i32.const 0x80))
    (call $add_function (local.get $module) (i32.const {{colop_def}}))
    (call $add_function (local.get $module) (i32.const {{places_def}}))
    (i32.store (i32.const {{keep_def}}) (i32.const {{"keep"}}))
    (i32.store offset=4 (i32.const {{keep_def}}) (i32.add (i32.const {{slots}}) (i32.const 5)))
    (i32.store offset=8 (i32.const {{keep_def}}) (i32.const 0x80))
    (call $add_function (local.get $module) (i32.const {{keep_def}}))
    (call $add_place (local.get $module))
    (local.set $module (call $must (call $import_module (i32.const {{"taixu_guest"}}))))
    (global.set $boot (call $must (call $get_attribute (local.get $module) (i32.const {{"boot"}}))))
    (global.set $call (call $must (call $get_attribute (local.get $module) (i32.const {{"call"}}))))
    (global.set $column (call $must (call $get_attribute (local.get $module) (i32.const {{"column"}}))))
    (call $drop (call $must (call $call_object (call $must (call $get_attribute (local.get $module) (i32.const {{"settle"}})))
      (i32.const 0) (i32.const 0) (i32.const 0))))
    (i32.const 0))

  ;; Address in the upper half and size in the lower, of the bytes that the guest answers with.
  (func $invoke (param $function i32) (param $count i32) (result i64)
    (call $drop_answer)
    (i32.store (i32.const {{answer}}) (call $must (call $call_object (local.get $function) (i32.const {{arguments}}) (local.get $count) (i32.const 0))))
    (call $drop (i32.load (i32.const {{arguments}})))
    (call $drop (i32.load offset=4 (i32.const {{arguments}})))
    (if (call $bytes_parts (i32.load (i32.const {{answer}})) (i32.const {{scratch}}) (i32.add (i32.const {{scratch}}) (i32.const 4)))
      (then unreachable))
    (i64.or (i64.shl (i64.extend_i32_u (i32.load (i32.const {{scratch}}))) (i64.const 32))
      (i64.extend_i32_u (i32.load offset=4 (i32.const {{scratch}})))))

  (func $drop_answer
    (local $answer i32)
    (local.set $answer (i32.load (i32.const {{answer}})))
    (if (local.get $answer) (then (i32.store (i32.const {{answer}}) (i32.const 0)) (call $drop (local.get $answer)))))

  (func (export "boot") (param $config i32) (param $config_size i32) (param $sources i32) (param $sources_size i32) (result i64)
    (i32.store (i32.const {{arguments}}) (call $must (call $new_bytes (local.get $config) (local.get $config_size))))
    (i32.store offset=4 (i32.const {{arguments}}) (call $must (call $new_bytes (local.get $sources) (local.get $sources_size))))
    (call $invoke (global.get $boot) (i32.const 2)))

  (func (export "call") (param $kind i32) (param $payload i32) (param $size i32) (result i64)
    (i32.store (i32.const {{arguments}}) (call $must (call $new_int (local.get $kind))))
    (i32.store offset=4 (i32.const {{arguments}}) (call $must (call $new_bytes (local.get $payload) (local.get $size))))
    (call $invoke (global.get $call) (i32.const 2)))

  (func (export "column") (param $name i32) (param $name_size i32) (param $size i32) (result i64)
    (i32.store (i32.const {{arguments}}) (call $must (call $new_bytes (local.get $name) (local.get $name_size))))
    (i32.store offset=4 (i32.const {{arguments}}) (call $must (call $new_int (local.get $size))))
    (call $invoke (global.get $column) (i32.const 2)))

  (func (export "allocate") (param $size i32) (result i32) (call $malloc (local.get $size)))
  (func (export "release") (param $at i32) (call $free (local.get $at)))
)
