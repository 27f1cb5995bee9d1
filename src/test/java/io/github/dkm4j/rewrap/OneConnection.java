package io.github.dkm4j.rewrap;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import org.postgresql.ds.PGSimpleDataSource;

/** Lends the same connection always, and does not let it be closed. */
final class OneConnection extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    private final transient Connection connection;
    private final String product;

    /**
     * A source of one connection.
     *
     * @param product as what the database shows itself
     */
    OneConnection(Connection connection, String product) {
        this.connection = connection;
        this.product = product;
    }

    @Override
    public Connection getConnection() {
        return proxy(Connection.class, connection);
    }

    private <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            switch (method.getName()) {
                case "close" -> {
                    return null;
                }
                case "getMetaData" -> {
                    return proxy(DatabaseMetaData.class, connection.getMetaData());
                }
                case "getDatabaseProductName" -> {
                    return product;
                }
                default -> {
                    try {
                        return method.invoke(target, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }
            }
        }));
    }
}
