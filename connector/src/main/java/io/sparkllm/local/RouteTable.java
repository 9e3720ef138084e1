package io.sparkllm.local;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the route of a request. Immutable. */
final class RouteTable {
  private final Map<String, List<Route>> fixed = new HashMap<>();
  private final List<Route> variable = new ArrayList<>();

  RouteTable(List<Route> routes) {
    for (Route route : routes) {
      if (route.hasVariables()) {
        variable.add(route);
      } else {
        fixed.computeIfAbsent(route.pattern(), p -> new ArrayList<>()).add(route);
      }
    }
  }

  /** Whether the route of this call may block; false where there is none. */
  boolean isSlow(Call call) {
    for (Route route : fixed.getOrDefault(call.path(), List.of())) {
      if (route.method().equals(call.method())) {
        return route.slow();
      }
    }
    return false;
  }

  /**
   * The route of this call, its path variables handed to the call.
   *
   * @throws ApiException 404 for an unknown path, 405 for a known one with another method
   */
  Route find(Call call) {
    boolean known = false;
    for (Route route : fixed.getOrDefault(call.path(), List.of())) {
      if (route.method().equals(call.method())) {
        return route;
      }
      known = true;
    }
    for (Route route : variable) {
      Map<String, String> variables = route.match(call.path());
      if (variables != null) {
        if (route.method().equals(call.method())) {
          call.matched(variables);
          return route;
        }
        known = true;
      }
    }
    throw (known
            ? ApiError.wrongMethod(call.method(), call.path())
            : ApiError.unknownUrl(call.method(), call.path()))
        .exception();
  }
}
