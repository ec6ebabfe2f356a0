# The headers that most files of a folder include, compiled once. Only the preset of the daily loop asks for it; the
# others build without, and tell a file that forgot an include.
set(std_headers <algorithm> <chrono> <filesystem> <functional> <map> <memory> <mutex> <optional> <random> <string>
  <string_view> <thread> <vector>)

# All targets of a folder and of those below it.
function(list_targets folder out)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  get_property(below DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(each ${below})
    list_targets(${each} more)
    list(APPEND targets ${more})
  endforeach()
  set(${out} ${targets} PARENT_SCOPE)
endfunction()

function(precompile_headers)
  target_precompile_headers(base PRIVATE ${std_headers})
  target_precompile_headers(base_test PRIVATE ${std_headers} <gtest/gtest.h>)
  target_precompile_headers(api_pgtest PRIVATE ${std_headers} <gtest/gtest.h> ${CMAKE_SOURCE_DIR}/tests/api/house.hpp)
  target_precompile_headers(identity PRIVATE ${std_headers} ${CMAKE_SOURCE_DIR}/src/api/endpoint.hpp
    ${CMAKE_SOURCE_DIR}/src/shape/complete.hpp)
  list_targets(${CMAKE_SOURCE_DIR}/src/modules modules)
  list_targets(${CMAKE_SOURCE_DIR} targets)
  list(REMOVE_ITEM targets base base_test api_pgtest identity)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "UTILITY" OR type STREQUAL "INTERFACE_LIBRARY")
      continue()
    endif()
    if(target MATCHES "_(io|pg)?test$")
      target_precompile_headers(${target} REUSE_FROM base_test)
    elseif(target IN_LIST modules OR target STREQUAL api OR target STREQUAL server_program)
      target_precompile_headers(${target} REUSE_FROM identity)
    else()
      target_precompile_headers(${target} REUSE_FROM base)
    endif()
  endforeach()
endfunction()
