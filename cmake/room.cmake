# A room is one folder of src/: its sources become the library `NAME`, `*_test.cpp` the program `NAME_test`
# (no I/O), `*_iotest.cpp` the program `NAME_iotest` (real sockets and files) and `*_pgtest.cpp` the program
# `NAME_pgtest` (with a real PostgreSQL). Every `.sql` file of the folder that
# holds `-- name:` lines becomes a header `NAME_sql.hpp` of statements; `migrations/*.sql` are embedded beside them.
#
#   room(NAME LINKS target... [HEAVY] [TEST_LINKS target...])
function(room NAME)
  cmake_parse_arguments(ROOM "HEAVY" "" "LINKS;TEST_LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  set(tests ${sources})
  set(iotests ${sources})
  set(pgtests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(io|pg)?test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER iotests INCLUDE REGEX "_iotest\\.cpp$")
  list(FILTER pgtests INCLUDE REGEX "_pgtest\\.cpp$")

  file(GLOB statements CONFIGURE_DEPENDS *.sql)
  file(GLOB migrations CONFIGURE_DEPENDS migrations/*.sql)
  set(generated)
  if(statements OR migrations)
    set(out ${CMAKE_BINARY_DIR}/generated/${NAME})
    set(generated ${out}/${NAME}_sql.hpp ${out}/${NAME}_sql.cpp)
    add_custom_command(
      OUTPUT ${generated}
      COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/embed_sql.py ${NAME} ${out} ${statements} ${migrations}
      DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed_sql.py ${statements} ${migrations}
      COMMENT "Embedding SQL of ${NAME}")
    set_source_files_properties(${generated} PROPERTIES GENERATED TRUE)
  endif()

  add_library(${NAME} STATIC ${sources} ${generated})
  set_target_properties(${NAME} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(${NAME} PUBLIC ${ROOM_LINKS})
  if(generated)
    target_include_directories(${NAME} PUBLIC ${out})
  endif()
  if(ROOM_HEAVY)
    set_target_properties(${NAME} PROPERTIES JOB_POOL_COMPILE heavy)
  endif()
  if(tests)
    add_executable(${NAME}_test ${tests})
    target_link_libraries(${NAME}_test PRIVATE ${NAME} ${ROOM_TEST_LINKS} GTest::gtest_main)
    add_test(NAME ${NAME}_test COMMAND ${NAME}_test)
  endif()
  if(iotests)
    add_executable(${NAME}_iotest ${iotests})
    target_link_libraries(${NAME}_iotest PRIVATE ${NAME} ${ROOM_TEST_LINKS} GTest::gtest_main)
    add_test(NAME ${NAME}_iotest COMMAND ${NAME}_iotest)
  endif()
  if(pgtests)
    add_executable(${NAME}_pgtest ${pgtests})
    target_link_libraries(${NAME}_pgtest PRIVATE ${NAME} ${ROOM_TEST_LINKS} pgtest_support GTest::gtest)
    add_test(NAME ${NAME}_pgtest COMMAND ${NAME}_pgtest)
  endif()
endfunction()
